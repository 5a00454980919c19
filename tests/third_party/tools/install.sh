# Sourced by the scripts: changes to the root of the repository, and installs the tools that a script needs under
# target/third_party, once per version. `npm` and `pip` use their configured registries; the files here pin the versions.

cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
tools=tests/third_party/tools
work=target/third_party
# Where cargo writes the programs that the scripts run.
debug=${CARGO_TARGET_DIR:-target}/debug
mkdir -p "$work"

# Whether the tools in $1 were installed from exactly the files in the other arguments.
is_installed() {
  local directory=$1
  shift
  cat "$@" | cmp --quiet - "$directory/installed-from"
}

# Installs the Node tools of package.json, or of $1/package.json, and sets $node_bin.
need_node() {
  local files=$tools${1:+/$1} directory=$work/node${1:+-$1}
  node_bin=$directory/node_modules/.bin
  is_installed "$directory" "$files/package.json" "$files/package-lock.json" && return
  rm -rf "$directory"
  mkdir -p "$directory"
  cp "$files/package.json" "$files/package-lock.json" "$directory"
  # No install scripts: no package needs one, and one of them sends telemetry.
  (cd "$directory" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error)
  cat "$files/package.json" "$files/package-lock.json" > "$directory/installed-from"
}

# Installs the Python tools of requirements.txt, or of $1.txt, and sets $python_bin.
need_python() {
  local requirements=$tools/${1:-requirements}.txt directory=$work/${1:-python}
  python_bin=$directory/bin
  is_installed "$directory" "$requirements" && return
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed'; return 1; }
  rm -rf "$directory"
  python3 -m venv "$directory"
  "$python_bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements"
  cp "$requirements" "$directory/installed-from"
}

# Builds the program as `cargo test --workspace` does, so that what was built for the tests is used. For another selection
# of packages, cargo builds the dependencies again, with other features.
need_partner_center() {
  cargo test --quiet --workspace --no-run
}

# Writes the contract with embedded examples, and sets $contract to the file.
need_contract() {
  contract=$work/contract.json
  cargo xtask bundle "$contract"
}

# Spark is a Java program. The step that runs a script installs Java if it is missing.
need_java() {
  java -version > /dev/null 2>&1 || { echo 'Java 17 or newer is needed'; return 1; }
}
