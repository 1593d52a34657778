#!/bin/bash
# python3: files, threads, processes, sockets, subprocesses, compression, a database.
. "$(dirname "$0")/common.sh"
programs=(/usr/bin/python3)

run() {
    cat >work.py <<'PYTHON'
import hashlib, json, multiprocessing, os, socket, sqlite3, subprocess, tempfile, threading, zipfile

def square(number):
    return number * number

def serve(listener):
    connection, _ = listener.accept()
    with connection:
        connection.sendall(connection.recv(100).upper())

def over_sockets():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"hello")
            answer = client.recv(100)
        thread.join()
    return answer == b"HELLO"

def main():
    with tempfile.TemporaryDirectory(dir=".") as directory:
        name = os.path.join(directory, "data.json")
        with open(name, "w") as file:
            json.dump({"numbers": list(range(1000))}, file)
        with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(name, "data.json")
    with zipfile.ZipFile("a.zip") as archive:
        total = sum(json.loads(archive.read("data.json"))["numbers"])
    pool = multiprocessing.Pool(2)  # not by "with", which kills the workers that have not ended yet
    squares = sum(pool.map(square, range(100)))
    pool.close()
    pool.join()
    echo = subprocess.run(["cat"], input=b"through a pipe", stdout=subprocess.PIPE, check=True).stdout
    database = sqlite3.connect("a.db")
    database.execute("create table t (n)")
    database.executemany("insert into t values (?)", [(n,) for n in range(100)])
    database.commit()
    rows = database.execute("select sum(n) from t").fetchone()[0]
    digest = hashlib.sha256(os.urandom(16)).hexdigest()
    assert (total, squares, echo, rows, len(digest), over_sockets()) == (499500, 328350, b"through a pipe", 4950, 64, True)
    print("right")

if __name__ == "__main__":
    main()
PYTHON
    want result "$(/usr/bin/python3 -I work.py)" right
}
workload "$@"
