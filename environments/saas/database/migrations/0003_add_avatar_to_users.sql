-- A picture of each user.
ALTER TABLE users ADD COLUMN avatar TEXT;

COMMENT ON COLUMN users.avatar IS 'Its address; NULL: their initials are shown';

GRANT SELECT (avatar) ON users TO myapp_readonly;

-- nexenv:down
ALTER TABLE users DROP COLUMN avatar;
