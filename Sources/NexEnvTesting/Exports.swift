// One import is enough for a test: what a lease gives comes with it.
@_exported public import PostgresClient

#if MongoDB
@_exported public import MongoClient
#endif
#if Redis
@_exported public import RedisClient
#endif
