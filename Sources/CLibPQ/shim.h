#include <libpq-fe.h>

/* Swift does not import macros whose value is a character literal. */
static const int NXDiagSeverity = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int NXDiagSQLState = PG_DIAG_SQLSTATE;
static const int NXDiagMessage = PG_DIAG_MESSAGE_PRIMARY;
static const int NXDiagDetail = PG_DIAG_MESSAGE_DETAIL;
static const int NXDiagHint = PG_DIAG_MESSAGE_HINT;
static const int NXDiagPosition = PG_DIAG_STATEMENT_POSITION;
static const int NXDiagInternalPosition = PG_DIAG_INTERNAL_POSITION;
static const int NXDiagInternalQuery = PG_DIAG_INTERNAL_QUERY;
static const int NXDiagContext = PG_DIAG_CONTEXT;
static const int NXDiagSchema = PG_DIAG_SCHEMA_NAME;
static const int NXDiagTable = PG_DIAG_TABLE_NAME;
static const int NXDiagColumn = PG_DIAG_COLUMN_NAME;
static const int NXDiagConstraint = PG_DIAG_CONSTRAINT_NAME;
