"""Does to the stand-ins what the command line must not do itself, with the clients of their makers.

    stores.py create STORE              creates the bucket or container
    stores.py put STORE NAME            writes an object
    stores.py delete STORE NAME         deletes an object, if there is one
    stores.py compare STORE FOLDER      fails unless the objects are the files of a folder, byte for byte

STORE is `s3` or `azure`; the environment variables are those of the command line. Manifests may differ in the times of
the run.
"""

import json
import os
import pathlib
import sys

ROOT = "licenses/history/"


class S3:
    def __init__(self):
        import boto3

        # Not from the variables: the client of boto3 reads fewer of them.
        keys = dict(aws_access_key_id="any", aws_secret_access_key="any", region_name="us-east-1")
        self.client = boto3.client("s3", endpoint_url=os.environ["STORE_S3"], **keys)

    def create(self):
        self.client.create_bucket(Bucket="bucket")

    def put(self, name, content):
        self.client.put_object(Bucket="bucket", Key=name, Body=content)

    def delete(self, name):
        self.client.delete_object(Bucket="bucket", Key=name)

    def objects(self):
        for item in self.client.list_objects_v2(Bucket="bucket").get("Contents", []):
            yield item["Key"], self.client.get_object(Bucket="bucket", Key=item["Key"])["Body"].read()


class Azure:
    def __init__(self):
        from azure.storage.blob import ContainerClient

        account, key = os.environ["AZURE_STORAGE_ACCOUNT_NAME"], os.environ["STORE_AZURE_KEY"]
        self.client = ContainerClient.from_connection_string(
            f"AccountName={account};AccountKey={key};BlobEndpoint={os.environ['STORE_AZURE']}", "container"
        )

    def create(self):
        self.client.create_container()

    def put(self, name, content):
        self.client.upload_blob(name, content, overwrite=True)

    def delete(self, name):
        if self.client.get_blob_client(name).exists():
            self.client.delete_blob(name)

    def objects(self):
        for name in self.client.list_blob_names():
            yield name, self.client.download_blob(name).readall()


def comparable(name, content):
    if not name.endswith("/run.json"):
        return content
    manifest = json.loads(content)
    assert manifest.pop("began") and manifest.pop("ended"), name
    return manifest


def main(command, store, *arguments):
    store = {"s3": S3, "azure": Azure}[store]()
    match command, arguments:
        case "create", ():
            store.create()
        case "put", (name,):
            store.put(ROOT + name, b"{}")
        case "delete", (name,):
            store.delete(ROOT + name)
        case "compare", (folder,):
            folder = pathlib.Path(folder)
            files = {
                ROOT + file.relative_to(folder).as_posix(): file.read_bytes()
                for file in folder.rglob("*")
                if file.is_file() and file.name != ".lock"
            }
            objects = dict(store.objects())
            assert files.keys() == objects.keys(), (sorted(files), sorted(objects))
            for name, content in files.items():
                assert comparable(name, content) == comparable(name, objects[name]), f"{name} differs"
            print(len(files))


main(*sys.argv[1:])
