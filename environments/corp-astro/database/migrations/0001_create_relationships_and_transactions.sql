-- How users know each other, and what they paid. The tables are those of the document, word for word.
--
-- The users themselves are on MongoDB: user_id is the `_id` of a document in `users`, and no foreign key can reach it.

CREATE TABLE user_relationships (
    id                SERIAL PRIMARY KEY,
    user_id_1         UUID NOT NULL,
    user_id_2         UUID NOT NULL,
    relationship_type VARCHAR(50) NOT NULL,
    status            VARCHAR(20) NOT NULL,
    created_at        TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    updated_at        TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (user_id_1, user_id_2, relationship_type)
);

CREATE TABLE subscription_transactions (
    id             SERIAL PRIMARY KEY,
    user_id        UUID NOT NULL,
    plan_id        VARCHAR(50) NOT NULL,
    amount         DECIMAL(10, 2) NOT NULL,
    currency       VARCHAR(3) NOT NULL,
    status         VARCHAR(20) NOT NULL,
    payment_method VARCHAR(50) NOT NULL,
    transaction_id VARCHAR(100) UNIQUE,
    created_at     TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP
);

-- nexenv:down
DROP TABLE subscription_transactions, user_relationships;
