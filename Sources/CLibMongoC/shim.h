#include <mongoc/mongoc.h>

/*
 * bson_t never reaches Swift: Debian builds it with an alignment of 128 bytes, more than Swift can represent, and libbson 2
 * with another one. It lives on the C stack here; documents cross as bytes.
 */

/* A char array imports as a tuple. */
static inline const char *NXErrorMessage(const bson_error_t *error) {
    return error->message;
}

static inline const char *NXHostName(const mongoc_host_list_t *host) {
    return host->host;
}

/* A stream of our own: what libmongoc sees, and what the callbacks behind it need. */
typedef struct {
    mongoc_stream_t stream;
    void *context;
} NXStream;

/* Runs a command. The reply, also that of a failed command, belongs to the caller and is freed with bson_free. */
static inline bool NXRunCommand(mongoc_client_t *client, const char *database, const uint8_t *command, size_t length,
                                uint8_t **reply, uint32_t *reply_length, bson_error_t *error) {
    bson_t command_document;
    bson_t reply_document;
    if (!bson_init_static(&command_document, command, length)) {
        bson_set_error(error, MONGOC_ERROR_BSON, MONGOC_ERROR_BSON_INVALID, "the command is too long");
        *reply = NULL;
        return false;
    }
    bool succeeded = mongoc_client_command_simple(client, database, &command_document, NULL, &reply_document, error);
    *reply = bson_destroy_with_steal(&reply_document, true, reply_length);
    return succeeded;
}

/* Runs a command in a session; the reply as above. */
static inline bool NXRunCommandInSession(mongoc_client_t *client, mongoc_client_session_t *session, const char *database,
                                         const uint8_t *command, size_t length, uint8_t **reply,
                                         uint32_t *reply_length, bson_error_t *error) {
    bson_t command_document;
    bson_t reply_document;
    bson_t options = BSON_INITIALIZER;
    *reply = NULL;
    if (!bson_init_static(&command_document, command, length)) {
        bson_set_error(error, MONGOC_ERROR_BSON, MONGOC_ERROR_BSON_INVALID, "the command is too long");
        return false;
    }
    bool succeeded = mongoc_client_session_append(session, &options, error);
    if (succeeded) {
        succeeded = mongoc_client_command_with_opts(client, database, &command_document, NULL, &options,
                                                    &reply_document, error);
        *reply = bson_destroy_with_steal(&reply_document, true, reply_length);
    }
    bson_destroy(&options);
    return succeeded;
}

/* Ends the transaction of a session by keeping what was done in it; the reply as above. */
static inline bool NXCommit(mongoc_client_session_t *session, uint8_t **reply, uint32_t *reply_length,
                            bson_error_t *error) {
    bson_t reply_document;
    bool succeeded = mongoc_client_session_commit_transaction(session, &reply_document, error);
    *reply = bson_destroy_with_steal(&reply_document, true, reply_length);
    return succeeded;
}

/* The identifier that the server knows a session by; valid as long as the session. */
static inline const uint8_t *NXSessionID(const mongoc_client_session_t *session, uint32_t *length) {
    const bson_t *identifier = mongoc_client_session_get_lsid(session);
    *length = identifier->len;
    return bson_get_data(identifier);
}

static inline mongoc_bulk_operation_t *NXBulkCreate(mongoc_client_t *client, const char *database,
                                                    const char *collection, bool ordered) {
    mongoc_collection_t *target = mongoc_client_get_collection(client, database, collection);
    bson_t options = BSON_INITIALIZER;
    BSON_APPEND_BOOL(&options, "ordered", ordered);
    mongoc_bulk_operation_t *bulk = mongoc_collection_create_bulk_operation_with_opts(target, &options);
    bson_destroy(&options);
    mongoc_collection_destroy(target);
    return bulk;
}

/* Adds a document, which is copied. It isn't checked again: its bytes were. */
static inline bool NXBulkInsert(mongoc_bulk_operation_t *bulk, const uint8_t *document, size_t length,
                                bson_error_t *error) {
    bson_t inserted;
    if (!bson_init_static(&inserted, document, length)) {
        bson_set_error(error, MONGOC_ERROR_BSON, MONGOC_ERROR_BSON_INVALID, "a document is too long");
        return false;
    }
    bson_t options = BSON_INITIALIZER;
    BSON_APPEND_BOOL(&options, "validate", false);
    bool succeeded = mongoc_bulk_operation_insert_with_opts(bulk, &inserted, &options, error);
    bson_destroy(&options);
    return succeeded;
}

/* Sends what was added. The reply belongs to the caller and is freed with bson_free. */
static inline bool NXBulkExecute(mongoc_bulk_operation_t *bulk, uint8_t **reply, uint32_t *reply_length,
                                 bson_error_t *error) {
    bson_t reply_document;
    bool succeeded = mongoc_bulk_operation_execute(bulk, &reply_document, error) != 0;
    *reply = bson_destroy_with_steal(&reply_document, true, reply_length);
    return succeeded;
}
