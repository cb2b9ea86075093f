-- Show the money of an account without changing it. KEYS life spend open caps unsent
-- Returns {life's fields, day, month, spent table, spent of the day, of the month, on its way of the day, of the month,
--          fields of the caps}
local t = now()
local day, month = calendar(t)
local so_far, way = spent(KEYS[2], day, month), reserved(KEYS[3], day, month, lapsed(KEYS[5], t))
return {redis.call('HGETALL', KEYS[1]), day, month, so_far.table, tostring(so_far.day), tostring(so_far.month),
  tostring(way.day), tostring(way.month), redis.call('HGETALL', KEYS[4])}
