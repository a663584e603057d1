-- One claim. KEYS: the drop, its holders by person. ARGV: the person.
-- Answers the number, the same one to a person who asks again; 0 outside the window, -1 when sold out.
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held then return tonumber(held) end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local drop = redis.call('HMGET', KEYS[1], 'opens_at', 'closes_at', 'supply', 'claimed')
if now < tonumber(drop[1]) or now >= tonumber(drop[2]) then return 0 end
if tonumber(drop[4]) >= tonumber(drop[3]) then return -1 end
local number = redis.call('HINCRBY', KEYS[1], 'claimed', 1)
redis.call('HSET', KEYS[2], ARGV[1], number)
return number
