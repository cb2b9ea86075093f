-- Return {life, time, day, month}. KEYS life   ARGV name keep
local t = now()
local id = life(KEYS[1], t, ARGV[1])
last(tonumber(ARGV[2]), KEYS[1])
local day, month = calendar(t)
return {id, t, day, month}
