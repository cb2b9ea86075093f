-- Note how far the claims of a machine are; a state of '' gives one up. One that another machine has is left alone.
-- KEYS claims   ARGV machine owner host lasts keep, then for each claim: row state task pictures
-- Returns, for each, 1 where it is the machine's
local t = now()
local answer = {}
for i, key in ipairs(KEYS) do
  local at = 2 + 4 * i
  local row, state = ARGV[at], ARGV[at + 1]
  local found = redis.call('HMGET', key, 'machine', 'row')
  if found[1] and (found[1] ~= ARGV[1] or found[2] ~= row) then
    answer[i] = 0
  elseif state == '' then
    redis.call('DEL', key)
    answer[i] = 1
  else
    redis.call('HSET', key, 'machine', ARGV[1], 'row', row, 'owner', ARGV[2], 'host', ARGV[3], 'state', state,
      'task', ARGV[at + 2], 'pictures', ARGV[at + 3], 'at', t, 'until', t + tonumber(ARGV[4]))
    last(tonumber(ARGV[5]), key)
    answer[i] = 1
  end
end
return answer
