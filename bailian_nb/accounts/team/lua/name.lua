-- Name the journal of a machine. Of copies of one home (a cloned machine, an image) that live at once each has a name of
-- its own; one whose word is known keeps its name, see `place`.
-- KEYS machines   ARGV name, the last two words of the home, the one from now on, lasts keep   Returns the name
local t = now()
local free
for number = 0, 9999 do
  local name = number == 0 and ARGV[1] or ARGV[1] .. '.' .. number
  local word, ends = string.match(redis.call('HGET', KEYS[1], name) or '', '^(%S+) (%d+)$')
  if word and (word == ARGV[2] or word == ARGV[3]) then
    free = name
    break
  end
  if not free and (not word or tonumber(ends) <= t) then
    free = name
  end
  if not word then
    break
  end
end
redis.call('HSET', KEYS[1], free, string.format('%s %.0f', ARGV[4], t + tonumber(ARGV[5])))
last(tonumber(ARGV[6]), KEYS[1])
return free
