-- Reserve the moment of the next create, unless throttling holds creates back.
-- `next` is the even beat; what went out too late is caught up by half a beat. `sent` has the last creates, the newest
-- first, each by when it reaches the service at the latest: `burst` of them in `span` are the limit.
-- KEYS pace sent   ARGV gap span slack keep longest (milliseconds) burst
-- Returns {milliseconds to wait, milliseconds that throttling lasts, its length, slowness}: the first is -1 while it lasts
local t = now()
local found = redis.call('HMGET', KEYS[1], 'next', 'until', 'pause', 'slowness')
local slowness = tonumber(found[4] or '1')
local gap, span, burst = tonumber(ARGV[1]) * slowness, tonumber(ARGV[2]) * slowness, tonumber(ARGV[6])
local held = math.min((tonumber(found[2] or '0') or 0) - t, tonumber(ARGV[5]))
local pause = found[3] or '0'
if held > 0 then
  return {-1, held, pause, tostring(slowness)}
end
local earlier = redis.call('LINDEX', KEYS[2], burst - 1)
local due = math.max(math.min(tonumber(found[1] or '0'), t + gap), t)
if earlier then
  due = math.max(due, math.min(tonumber(earlier), t) + span)
end
due = math.ceil(due)
local beat = tonumber(found[1] or '0')
if due - beat > 2 * gap then -- nobody wanted to send anything: there is nothing to catch up
  beat = due
end
redis.call('HSET', KEYS[1], 'next', math.max(beat, due - gap / 2) + gap)
redis.call('LPUSH', KEYS[2], due + tonumber(ARGV[3]))
redis.call('LTRIM', KEYS[2], 0, burst - 1)
last(tonumber(ARGV[4]), KEYS[1], KEYS[2])
return {due - t, 0, pause, tostring(slowness)}
