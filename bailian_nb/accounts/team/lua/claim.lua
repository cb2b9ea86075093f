-- Claim a request for a machine, unless another one is making it, or has made it since the asker's call was made.
-- A server that came up empty gives no claim until every machine has told again what it makes.
-- KEYS claim life   ARGV machine row owner host lasts keep age grace name
-- Returns {1, life}, {0, life, whether its machine is gone, the claim's fields and values}, or {2, life}: not yet
local t = now()
local id, born = life(KEYS[2], t, ARGV[9])
local claim = as_table(KEYS[1])
if claim.state and claim.machine ~= ARGV[1] then
  local gone = tonumber(claim['until']) <= t
  local late = claim.state == 'done' and tonumber(claim.at) > t - tonumber(ARGV[7])
  if late or claim.state == 'sent' or claim.state == 'parked' or (claim.state == 'claimed' and not gone) then
    return {0, id, gone and 1 or 0, redis.call('HGETALL', KEYS[1])}
  end
end
if not claim.state and t < born + tonumber(ARGV[8]) then
  return {2, id}
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'machine', ARGV[1], 'row', ARGV[2], 'owner', ARGV[3], 'host', ARGV[4], 'state', 'claimed',
  'task', '', 'pictures', '', 'at', t, 'until', t + tonumber(ARGV[5]))
last(tonumber(ARGV[6]), KEYS[1], KEYS[2])
return {1, id}
