-- Take over the task of a machine that is gone: its pictures are paid, and nobody fetches them.
-- KEYS claim   ARGV machine row owner host lasts keep task
-- Returns 1, or 0 where that machine is back or another was quicker
local t = now()
local claim = as_table(KEYS[1])
if claim.task ~= ARGV[7] or claim.state == 'done' or tonumber(claim['until']) > t then
  return 0
end
redis.call('HSET', KEYS[1], 'machine', ARGV[1], 'row', ARGV[2], 'owner', ARGV[3], 'host', ARGV[4], 'state', 'sent',
  'at', t, 'until', t + tonumber(ARGV[5]))
last(tonumber(ARGV[6]), KEYS[1])
return 1
