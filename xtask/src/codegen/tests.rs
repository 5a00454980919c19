//! Snapshots of the code generated from a small contract, and a check of the committed files against the real contract.

use super::contract::Contract;
use super::{client, models, output};

const SMALL: &str = "
openapi: 3.0.3
info: { title: Seats, version: v1 }
paths:
  /v1/halls/{hall-id}/seats:
    parameters:
      - { name: hall-id, in: path, required: true, description: The hall., schema: { type: string, format: uuid } }
    get:
      operationId: listSeats
      summary: Lists the seats of a hall
      description: In the order of the rows.
      deprecated: true
      x-superseded-by: listPlaces
      parameters:
        - $ref: '#/components/parameters/Top'
        - { name: type, in: query, deprecated: true, description: The type., schema: { type: string } }
        - { name: MS-RequestId, in: header, description: The id., schema: { type: string, format: uuid } }
      responses: &answers
        '200': { $ref: '#/components/responses/Seats' }
        '404': { description: No such hall. }
  /v1/places:
    get:
      operationId: listPlaces
      summary: Lists places
      responses: *answers
components:
  parameters:
    Top:
      name: $top
      in: query
      description: How many.
      schema: { type: integer, format: int64, minimum: 1 }
  responses:
    Seats:
      description: The seats.
      content: { application/json: { schema: { $ref: '#/components/schemas/SeatCollection' } } }
  schemas:
    SeatCollection:
      description: Seats.
      type: object
      required: [items, count]
      properties:
        items: { description: The seats., type: array, x-also-sent-as: [Value], items: { $ref: '#/components/schemas/Seat' } }
        count: { $ref: '#/components/schemas/CountField' }
        '@nextLink': { description: The next page., type: string, nullable: true, x-continues: link, x-also-sent-as: [nextLink] }
    Seat:
      description: A seat.
      type: object
      required: [holder]
      properties:
        holder: { description: Who sits there., type: string, x-customer-data: true }
        neighbor: { $ref: '#/components/schemas/Neighbor' }
        kind: { $ref: '#/components/schemas/Kind' }
        kinds: { description: All kinds., type: array, nullable: true, items: { $ref: '#/components/schemas/Kind' } }
        share: { description: The share., type: number, format: double, nullable: true, minimum: 0, deprecated: true }
        sold: { description: When., type: string, format: date-time, nullable: true, example: 2017-03-14T03:25:16 }
        hall: { description: The hall., type: string, format: uuid, nullable: true, x-also-sent-as: [room] }
        row: { $ref: '#/components/schemas/Row' }
    Neighbor:
      description: Who sits next to it.
      type: object
      nullable: true
      properties: { code: { $ref: '#/components/schemas/Row' } }
    Kind: { description: What kind of seat., type: string, nullable: true, x-extensible-enum: [aisle, window_seat] }
    Row: { description: A row., oneOf: [{ type: integer, format: int64, nullable: true }, { type: string }] }
    CountField: { description: How many., type: integer, format: int64, minimum: 1 }
";

fn small() -> Contract {
    Contract::parse(SMALL).unwrap()
}

#[test]
fn generated_files_match_the_contract() {
    let root = crate::root();
    let contract = Contract::load(&root.join(super::PATH)).unwrap();
    if let Err(stale) = output::compare(&root, &super::generate(&contract).unwrap()) {
        panic!("{stale}");
    }
}

#[test]
fn models_of_a_small_contract() {
    insta::assert_snapshot!(models::generate(&small()).unwrap());
}

#[test]
fn operations_of_a_small_contract() {
    let requests = client::generate(&small()).unwrap();
    insta::assert_snapshot!("requests_of_a_small_contract", requests);
    insta::assert_snapshot!(client::operations(&small(), &requests).unwrap());
}

#[test]
fn line_endings_do_not_change_the_hash() {
    let (unix, windows) = (small(), Contract::parse(&SMALL.replace('\n', "\r\n")).unwrap());
    assert_eq!(unix.hash, windows.hash);
    assert_ne!(unix.hash, Contract::parse(&SMALL.replace("In the order", "Not in the order")).unwrap().hash);
}
