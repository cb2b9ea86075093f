-- Name the journal of a machine. Of copies of one home (a cloned machine, an image) that live at once each has a name of
-- its own; one that comes back has the name that it had, and a home that was moved that of where it was.
-- KEYS machines   ARGV name host lasts keep   Returns the name
local t = now()
local free
for number = 0, 9999 do
  local name = number == 0 and ARGV[1] or ARGV[1] .. '.' .. number
  local host, ends = string.match(redis.call('HGET', KEYS[1], name) or '', '^(%S+) (%d+)$')
  if host == ARGV[2] then
    free = name
    break
  end
  if not free and (not host or tonumber(ends) <= t) then
    free = name
  end
  if not host then
    break
  end
end
redis.call('HSET', KEYS[1], free, string.format('%s %.0f', ARGV[2], t + tonumber(ARGV[3])))
last(tonumber(ARGV[4]), KEYS[1])
return free
