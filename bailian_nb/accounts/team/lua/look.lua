-- Show one lane without changing anything.
-- KEYS held tasks line seen, and pace where the lane has one
-- Returns {places, waiting, milliseconds that throttling lasts, slowness}: of a place lease, milliseconds left and task,
-- of a waiter its name and milliseconds since it asked, in the order of the turns
local t = now()
local places, waiting = {}, {}
local all = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #all, 2 do
  places[#places + 1] = {all[i], math.floor(tonumber(all[i + 1]) - t), redis.call('HGET', KEYS[2], all[i]) or ''}
end
for i, each in ipairs(queue(KEYS[3], count(KEYS[1], t))) do
  waiting[i] = {each.name, math.floor(t - tonumber(redis.call('ZSCORE', KEYS[4], each.name) or t))}
end
local paused, slowness = 0, '1'
if KEYS[5] then
  local pace = redis.call('HMGET', KEYS[5], 'until', 'slowness')
  paused = math.max(math.floor((tonumber(pace[1] or '0') or 0) - t), 0)
  slowness = pace[2] or '1'
end
return {places, waiting, paused, slowness}
