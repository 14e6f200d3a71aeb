/* Only the protocol reader is used: hiredis' own connections write without MSG_NOSIGNAL, block, and can't be cancelled. */
#include <hiredis/hiredis.h>

/* A char array imports as a tuple. */
static inline const char *NXReaderError(const redisReader *reader) {
    return reader->errstr;
}
