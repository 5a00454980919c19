# Sourced by the judges: goes to the root of the repository and installs what a judge needs, once per version, below
# target/judges. `npm` and `pip` find their registries as they are set up to; the files here pin what they may bring.

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
tools=tests/judges/tools
work=target/judges
mkdir -p "$work"

# Says whether the tools in $1 were installed from just these files, the rest of the arguments.
is_installed() {
  local directory=$1
  shift
  cat "$@" | cmp --quiet - "$directory/installed-from"
}

# Makes $node_bin/<program> usable.
need_node() {
  node_bin=$work/node/node_modules/.bin
  is_installed "$work/node" "$tools/package.json" "$tools/package-lock.json" && return
  rm -rf "$work/node"
  mkdir -p "$work/node"
  cp "$tools/package.json" "$tools/package-lock.json" "$work/node"
  # No scripts: none of the packages needs one, and one of them reports to its maker from its own.
  (cd "$work/node" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error)
  cat "$tools/package.json" "$tools/package-lock.json" > "$work/node/installed-from"
}

# Makes $python_bin/<program> usable.
need_python() {
  python_bin=$work/python/bin
  is_installed "$work/python" "$tools/requirements.txt" && return
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed'; return 1; }
  rm -rf "$work/python"
  python3 -m venv "$work/python"
  "$python_bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$tools/requirements.txt"
  cp "$tools/requirements.txt" "$work/python/installed-from"
}

# Writes the contract with its examples in it, and sets $contract to the file.
need_contract() {
  contract=$work/contract.json
  cargo xtask bundle "$contract"
}
