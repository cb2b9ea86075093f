-- Name the tasks of places whose kernels have not been heard of in time. KEYS held tasks
local found = {}
for _, lease in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now())) do
  local task = redis.call('HGET', KEYS[2], lease) or string.match(lease, '^(%S+) %- %-$')
  if task then
    found[#found + 1] = task
  end
end
return found
