"""What a person who knows PyMongo writes to load a file of documents, one in each line; and what the benchmark asks the server.

    insert_many.py URL FILE [orjson]     URL --hash     URL --drop
"""

import itertools
import json
import sys

import pymongo

url, file, *options = sys.argv[1:]
database = pymongo.MongoClient(url).get_default_database()
if file == "--hash":
    print(database.command("dbHash", collections=["docs"])["collections"].get("docs"), database.docs.estimated_document_count())
elif file == "--drop":
    database.drop_collection("docs")
    database.drop_collection("nexenv.seeds")
else:
    if options:
        import orjson as json
    with open(file, "rb") as lines:
        # 5,000 was the fastest of 1,000, 5,000 and 20,000.
        while batch := [json.loads(line) for line in itertools.islice(lines, 5_000)]:
            database.docs.insert_many(batch, ordered=False)
