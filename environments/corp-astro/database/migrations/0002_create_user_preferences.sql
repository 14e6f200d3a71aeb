-- The document's example of a migration, in SQL.

CREATE TABLE user_preferences (
    id               SERIAL PRIMARY KEY,
    user_id          UUID NOT NULL,
    preference_key   VARCHAR(100) NOT NULL,
    preference_value JSONB NOT NULL,
    created_at       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

ALTER TABLE user_preferences
    ADD CONSTRAINT user_preferences_user_id_preference_key_key UNIQUE (user_id, preference_key);

-- nexenv:down
DROP TABLE user_preferences;
