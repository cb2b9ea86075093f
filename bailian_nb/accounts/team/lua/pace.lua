-- Reserve the moment of the next create, unless throttling holds creates back.
-- KEYS pace   ARGV gap (milliseconds) keep longest
-- Returns {milliseconds to wait, milliseconds that throttling lasts, its length, slowness}: the first is -1 while it lasts
local t = now()
local found = redis.call('HMGET', KEYS[1], 'next', 'until', 'pause', 'slowness')
local gap, slowness = tonumber(ARGV[1]), tonumber(found[4] or '1')
local held = math.min((tonumber(found[2] or '0') or 0) - t, tonumber(ARGV[3]))
local pause = found[3] or '0'
if held > 0 then
  return {-1, held, pause, tostring(slowness)}
end
local due = math.max(math.min(tonumber(found[1] or '0'), t + gap * slowness), t)
redis.call('HSET', KEYS[1], 'next', due + gap * slowness)
last(tonumber(ARGV[2]), KEYS[1])
return {math.ceil(due - t), 0, pause, tostring(slowness)}
