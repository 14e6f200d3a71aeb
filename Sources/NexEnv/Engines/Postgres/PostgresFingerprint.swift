import PostgresClient

/// Reads what a database consists of out of its catalog.
enum PostgresFingerprint {
    static func read(_ connection: PostgresConnection) async throws -> SchemaFingerprint {
        // With an empty path every name comes with its schema.
        let rows = try await connection.transaction { session in
            try session.execute("SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off")
            let hasTimescale = try !session.query("SELECT FROM pg_extension WHERE extname = 'timescaledb'").isEmpty
            var all = Array(try session.query(catalog))
            if hasTimescale { all += try session.query(timescale) }
            return all
        }
        var objects: [String: String] = [:]
        for row in rows { objects[try row.string(0)] = row[1].string ?? "" }
        return SchemaFingerprint(objects)
    }

    /// One row for each object: what it is called, and what defines it.
    ///
    /// Left out is what belongs to extensions, to the system and to nexenv; columns have no order, since a way down can't give
    /// them their old one back. Rights are spelled out, so that granted and revoked is the same as never granted.
    private static let catalog = """
        WITH space AS (
            SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
             WHERE nspname !~ '^(pg_|_timescaledb_)' AND nspname NOT IN ('information_schema', 'nexenv',
                   'timescaledb_information', 'timescaledb_experimental', 'toolkit_experimental')
        ), extended AS (
            SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
        ), relation AS (
            SELECT c.* FROM pg_class AS c JOIN space ON space.oid = c.relnamespace
             WHERE ('pg_class'::regclass, c.oid) NOT IN (SELECT * FROM extended)
        ), own_type AS (
            SELECT t.* FROM pg_type AS t JOIN space ON space.oid = t.typnamespace
             WHERE ('pg_type'::regclass, t.oid) NOT IN (SELECT * FROM extended) AND t.typtype IN ('e', 'd', 'r', 'm')
        ), own_function AS (
            SELECT p.* FROM pg_proc AS p JOIN space ON space.oid = p.pronamespace
             WHERE ('pg_proc'::regclass, p.oid) NOT IN (SELECT * FROM extended)
        )
        SELECT 'schema ' || quote_ident(nspname), concat_ws(' ', 'owner', pg_get_userbyid(nspowner),
               \(rights("nspacl", "'n'", "nspowner")), obj_description(oid, 'pg_namespace'))
          FROM space WHERE ('pg_namespace'::regclass, oid) NOT IN (SELECT * FROM extended)
        UNION ALL
        SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence '
                    WHEN 'f' THEN 'foreign table ' WHEN 'c' THEN 'type ' ELSE 'table ' END || c.oid::regclass,
               concat_ws(' ', 'owner', pg_get_userbyid(c.relowner), c.relpersistence, c.reloptions::text,
                   CASE WHEN c.relrowsecurity THEN 'row security' END,
                   CASE WHEN c.relforcerowsecurity THEN 'forced row security' END,
                   nullif(c.relreplident, 'd'), (SELECT amname FROM pg_am WHERE oid = c.relam),
                   'partitioned ' || pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
                   'of ' || nullif(c.reloftype, 0)::regtype,
                   'inherits ' || (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno)
                                     FROM pg_inherits WHERE inhrelid = c.oid),
                   CASE WHEN c.relkind IN ('v', 'm') THEN 'as ' || \(viewText) END,
                   (SELECT concat_ws(' ', format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache,
                                     seqcycle) FROM pg_sequence WHERE seqrelid = c.oid),
                   (SELECT 'owned by ' || d.refobjid::regclass || '.' || a.attname
                      FROM pg_depend AS d JOIN pg_attribute AS a ON (a.attrelid, a.attnum) = (d.refobjid, d.refobjsubid)
                     WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                       AND c.relkind = 'S' AND d.refclassid = 'pg_class'::regclass),
                   \(rights("c.relacl", "CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END", "c.relowner")),
                   obj_description(c.oid, 'pg_class'))
          FROM relation AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
        UNION ALL
        SELECT 'column ' || c.oid::regclass || '.' || quote_ident(a.attname),
               concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                   (SELECT 'default ' || pg_get_expr(adbin, adrelid) FROM pg_attrdef
                     WHERE (adrelid, adnum) = (a.attrelid, a.attnum)),
                   'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''),
                   (SELECT 'collate ' || l.oid::regcollation FROM pg_collation AS l, pg_type AS t
                     WHERE l.oid = a.attcollation AND t.oid = a.atttypid AND t.typcollation <> a.attcollation),
                   (SELECT 'storage ' || a.attstorage::text FROM pg_type AS t
                     WHERE t.oid = a.atttypid AND t.typstorage <> a.attstorage), nullif(a.attcompression::text, ''), \(columnOptions), a.attfdwoptions::text,
                   'statistics ' || nullif(a.attstattarget, -1),
                   (SELECT string_agg(entry::text, ' ' ORDER BY entry::text) FROM unnest(a.attacl) AS entry),
                   col_description(c.oid, a.attnum))
          FROM relation AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT 'constraint ' || quote_ident(k.conname) || ' on '
                   || coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text),
               concat_ws(' ', pg_get_constraintdef(k.oid), obj_description(k.oid, 'pg_constraint'))
          FROM pg_constraint AS k
         WHERE (k.conrelid IN (SELECT oid FROM relation) OR k.contypid IN (SELECT oid FROM own_type)) AND k.contype <> 't'
        UNION ALL
        SELECT 'index ' || i.indexrelid::regclass,
               concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'invalid' END,
                   CASE WHEN i.indisclustered THEN 'clustered' END, CASE WHEN i.indisreplident THEN 'replica identity' END,
                   obj_description(i.indexrelid, 'pg_class'))
          FROM pg_index AS i WHERE i.indrelid IN (SELECT oid FROM relation)
        UNION ALL
        SELECT 'trigger ' || quote_ident(t.tgname) || ' on ' || t.tgrelid::regclass,
               concat_ws(' ', pg_get_triggerdef(t.oid), 'enabled ' || t.tgenabled::text, obj_description(t.oid, 'pg_trigger'))
          FROM pg_trigger AS t WHERE NOT t.tgisinternal AND t.tgrelid IN (SELECT oid FROM relation)
        UNION ALL
        SELECT 'rule ' || quote_ident(r.rulename) || ' on ' || r.ev_class::regclass,
               concat_ws(' ', pg_get_ruledef(r.oid), 'enabled ' || r.ev_enabled::text, obj_description(r.oid, 'pg_rewrite'))
          FROM pg_rewrite AS r WHERE r.rulename <> '_RETURN' AND r.ev_class IN (SELECT oid FROM relation)
        UNION ALL
        SELECT 'policy ' || quote_ident(p.polname) || ' on ' || p.polrelid::regclass,
               concat_ws(' ', p.polcmd, CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                   (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role) END, ', ' ORDER BY 1)
                      FROM unnest(p.polroles) AS role),
                   'using ' || pg_get_expr(p.polqual, p.polrelid), 'check ' || pg_get_expr(p.polwithcheck, p.polrelid),
                   obj_description(p.oid, 'pg_policy'))
          FROM pg_policy AS p WHERE p.polrelid IN (SELECT oid FROM relation)
        UNION ALL
        SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
                   || p.oid::regprocedure,
               concat_ws(' ', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE
                       (SELECT (to_jsonb(g) - 'aggfnoid')::text FROM pg_aggregate AS g WHERE g.aggfnoid = p.oid) END,
                   'owner', pg_get_userbyid(p.proowner), \(rights("p.proacl", "'f'", "p.proowner")),
                   obj_description(p.oid, 'pg_proc'))
          FROM own_function AS p
        UNION ALL
        SELECT 'type ' || t.oid::regtype,
               concat_ws(' ', t.typtype, (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
                                            FROM pg_enum WHERE enumtypid = t.oid),
                   CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
                   CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
                   (SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = t.oid),
                   'owner', pg_get_userbyid(t.typowner), \(rights("t.typacl", "'T'", "t.typowner")),
                   obj_description(t.oid, 'pg_type'))
          FROM own_type AS t
        UNION ALL
        SELECT 'statistics ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname), pg_get_statisticsobjdef(s.oid)
          FROM pg_statistic_ext AS s JOIN space AS n ON n.oid = s.stxnamespace
        UNION ALL
        SELECT 'extension ' || quote_ident(e.extname), concat_ws(' ', e.extversion, e.extnamespace::regnamespace)
          FROM pg_extension AS e
        UNION ALL
        SELECT 'event trigger ' || quote_ident(t.evtname),
               concat_ws(' ', t.evtevent, t.evtfoid::regproc, t.evtenabled, t.evttags::text)
          FROM pg_event_trigger AS t WHERE ('pg_event_trigger'::regclass, t.oid) NOT IN (SELECT * FROM extended)
        UNION ALL
        SELECT 'publication ' || quote_ident(p.pubname),
               concat_ws(' ', (to_jsonb(p) - 'oid')::text,
                   (SELECT string_agg(r.prrelid::regclass::text, ', ' ORDER BY r.prrelid::regclass::text)
                      FROM pg_publication_rel AS r WHERE r.prpubid = p.oid))
          FROM pg_publication AS p
        UNION ALL
        SELECT 'operator ' || o.oid::regoperator, concat_ws(' ', o.oprcode, o.oprcom::regoperator, o.oprnegate::regoperator)
          FROM pg_operator AS o JOIN space ON space.oid = o.oprnamespace
         WHERE ('pg_operator'::regclass, o.oid) NOT IN (SELECT * FROM extended)
        UNION ALL
        SELECT 'cast ' || format_type(castsource, NULL) || ' as ' || format_type(casttarget, NULL),
               concat_ws(' ', castcontext, castmethod, nullif(castfunc, 0)::regprocedure)
          FROM pg_cast AS t WHERE t.oid >= 16384 AND ('pg_cast'::regclass, t.oid) NOT IN (SELECT * FROM extended)
        UNION ALL
        SELECT 'collation ' || l.oid::regcollation, (to_jsonb(l) - 'oid')::text
          FROM pg_collation AS l JOIN space ON space.oid = l.collnamespace
        UNION ALL
        SELECT 'text search configuration ' || t.oid::regconfig, (to_jsonb(t) - 'oid')::text
          FROM pg_ts_config AS t JOIN space ON space.oid = t.cfgnamespace
         WHERE ('pg_ts_config'::regclass, t.oid) NOT IN (SELECT * FROM extended)
        UNION ALL
        SELECT 'text search dictionary ' || t.oid::regdictionary, (to_jsonb(t) - 'oid')::text
          FROM pg_ts_dict AS t JOIN space ON space.oid = t.dictnamespace
         WHERE ('pg_ts_dict'::regclass, t.oid) NOT IN (SELECT * FROM extended)
        UNION ALL
        SELECT 'foreign server ' || quote_ident(s.srvname),
               concat_ws(' ', s.srvtype, s.srvversion, s.srvoptions::text, w.fdwname,
                   \(rights("s.srvacl", "'S'", "s.srvowner")))
          FROM pg_foreign_server AS s JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
        UNION ALL
        SELECT 'user mapping for ' || coalesce(pg_get_userbyid(nullif(u.umuser, 0)), 'public') || ' on ' || s.srvname, ''
          FROM pg_user_mapping AS u JOIN pg_foreign_server AS s ON s.oid = u.umserver
        UNION ALL
        SELECT concat_ws(' ', 'default rights of', pg_get_userbyid(d.defaclrole), 'on', d.defaclobjtype, 'in',
                   nullif(d.defaclnamespace, 0)::regnamespace),
               (SELECT string_agg(entry::text, ' ' ORDER BY entry::text) FROM unnest(d.defaclacl) AS entry)
          FROM pg_default_acl AS d
        """

    /// Rights as text: what nobody has ever granted is what the system grants by itself.
    private static func rights(_ column: String, _ kind: String, _ owner: String) -> String {
        """
        (SELECT string_agg(entry::text, ' ' ORDER BY entry::text)
           FROM unnest(coalesce(\(column), acldefault((\(kind))::"char", \(owner)))) AS entry)
        """
    }

    /// A column's options; newer servers keep a number there that is another for every column that is made.
    private static let columnOptions = """
        (SELECT string_agg(option, ' ' ORDER BY option) FROM unnest(a.attoptions) AS option WHERE option !~ '^pg_attver=')
        """

    /// A view's query; of a continuous aggregate it has numbers in it that are new each time, and is in ``timescale``.
    private static let viewText = """
        CASE WHEN pg_get_viewdef(c.oid) ~ '_timescaledb_(internal|functions)' THEN '' ELSE pg_get_viewdef(c.oid) END
        """

    /// TimescaleDB's own objects, by its documented views; numbers of hypertables and jobs are new each time and left out.
    private static let timescale = """
        SELECT 'hypertable ' || format('%I.%I', hypertable_schema, hypertable_name),
               concat_ws(' ', num_dimensions, compression_enabled, tablespaces::text)
          FROM timescaledb_information.hypertables WHERE hypertable_schema !~ '^_timescaledb_'
        UNION ALL
        SELECT 'dimension ' || format('%I.%I', hypertable_schema, hypertable_name) || ' ' || dimension_number,
               concat_ws(' ', column_name, column_type, dimension_type, time_interval, integer_interval, integer_now_func,
                   num_partitions)
          FROM timescaledb_information.dimensions WHERE hypertable_schema !~ '^_timescaledb_'
        UNION ALL
        SELECT 'continuous aggregate ' || format('%I.%I', view_schema, view_name),
               concat_ws(' ', format('%I.%I', hypertable_schema, hypertable_name), materialized_only, compression_enabled,
                   view_definition)
          FROM timescaledb_information.continuous_aggregates
        UNION ALL
        SELECT concat_ws(' ', 'job', proc_schema, proc_name, 'on', hypertable_schema, hypertable_name,
                   row_number() OVER (PARTITION BY proc_schema, proc_name, hypertable_schema, hypertable_name
                                          ORDER BY job_id)),
               concat_ws(' ', schedule_interval, max_runtime, max_retries, retry_period, scheduled,
                   config - 'hypertable_id' - 'mat_hypertable_id')
          FROM (SELECT j.job_id, j.proc_schema, j.proc_name, j.schedule_interval, j.max_runtime, j.max_retries,
                       j.retry_period, j.scheduled, j.config, coalesce(c.view_schema, j.hypertable_schema) AS hypertable_schema,
                       coalesce(c.view_name, j.hypertable_name) AS hypertable_name
                  FROM timescaledb_information.jobs AS j
                  LEFT JOIN timescaledb_information.continuous_aggregates AS c
                    ON (c.materialization_hypertable_schema, c.materialization_hypertable_name)
                     = (j.hypertable_schema, j.hypertable_name)
                 WHERE j.job_id >= 1000) AS job
        UNION ALL
        SELECT concat_ws(' ', 'compression of', format('%I.%I', hypertable_schema, hypertable_name), attname),
               concat_ws(' ', segmentby_column_index, orderby_column_index, orderby_asc, orderby_nullsfirst)
          FROM timescaledb_information.compression_settings WHERE hypertable_schema !~ '^_timescaledb_'
        """
}
