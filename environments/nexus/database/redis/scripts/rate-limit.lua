-- Takes one request out of a sliding window, atomically: all of it happens, or nothing.
--
--   EVAL … 1 rate:api:USER limit window now member
--
-- KEYS[1]  a sorted set in database 2: a member for each request, its time as the score
-- ARGV     how many requests a window holds, the window and the time in milliseconds, a name for this request
-- Returns  {1, what is left} when the request is allowed, else {0, milliseconds until one is}
local key = KEYS[1]
local limit, window, now, member = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
local count = redis.call('ZCARD', key)
if count >= limit then
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    return {0, tonumber(oldest[2]) + window - now}
end
redis.call('ZADD', key, now, member)
redis.call('PEXPIRE', key, window)
return {1, limit - count - 1}
