#define __STDC_WANT_LIB_EXT1__ 1
#include <crypt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Hashes a password as a setting, or an earlier hash, says. The working memory of 32 KiB never reaches Swift, and is wiped: it
 * holds the password.
 */
static inline bool NXCrypt(const char *password, const char *setting, char *hash, size_t size) {
    struct crypt_data *data = (struct crypt_data *)calloc(1, sizeof *data);
    if (!data) return false;
    const char *result = crypt_r(password, setting, data);
    /* A failure is told by a text that no hash begins with. */
    bool succeeded = result && result[0] != '*' && strlen(result) < size;
    if (succeeded) strcpy(hash, result);
#ifdef __APPLE__
    memset_s(data, sizeof *data, 0, sizeof *data);
#else
    explicit_bzero(data, sizeof *data);
#endif
    free(data);
    return succeeded;
}
