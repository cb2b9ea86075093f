-- Say what this kernel holds, so that it stays held; what the server has forgotten is told anew.
-- A place without a task that others were given meanwhile is lost: its holder must send nothing. So is one for a
-- task ahead, which is about to be sent, once the service has refused such a task.
-- KEYS life open, then held and tasks of each lane
-- ARGV kernel owner ttl grace name keep, 1 right before a create call, then for each lane: name, limit, places ahead, count, and number and task of each place
-- Returns {life, and by twos the lane's number and the place's number of each that is lost}
local t = now()
local me = ' ' .. ARGV[1] .. ' ' .. ARGV[2]
local ttl, grace, keep = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[6])
local id, born = life(KEYS[1], t, ARGV[5])
local answer = {id}
local sending, at = ARGV[7] == '1', 8
redis.call('PEXPIRE', KEYS[1], keep)
for lane = 1, #KEYS / 2 - 1 do
  local held, tasks = KEYS[2 * lane + 1], KEYS[2 * lane + 2]
  local ahead, places = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local limit, refused = room(KEYS[1], ARGV[at], tonumber(ARGV[at + 1]), ahead, t)
  at = at + 4
  local told = {}
  for _ = 1, places do
    local lease, task = ARGV[at] .. me, ARGV[at + 1]
    told[lease] = true
    local known = redis.call('ZSCORE', held, lease)
    if sending and known and task == '' and refused > 0 and redis.call('ZCARD', held) > limit then
      redis.call('ZREM', held, lease)
      known = false
    end
    if known or task ~= '' or t < born + grace or redis.call('ZCARD', held) < limit then
      if task ~= '' then
        if redis.call('ZREM', held, task .. ' - -') == 1 then
          redis.call('HDEL', KEYS[2], '? ' .. task)
        end
        redis.call('HSET', tasks, lease, task)
      else
        redis.call('HDEL', tasks, lease)
      end
      redis.call('ZADD', held, t + ttl, lease)
    else
      answer[#answer + 1] = lane
      answer[#answer + 1] = ARGV[at]
    end
    at = at + 2
  end
  -- What is not told was given back while the server was away, or granted by an answer that never came.
  for _, lease in ipairs(redis.call('ZRANGE', held, 0, -1)) do
    if holder(lease) == ARGV[1] and not told[lease] then
      redis.call('ZREM', held, lease)
      redis.call('HDEL', tasks, lease)
    end
  end
  redis.call('PEXPIRE', held, keep)
  redis.call('PEXPIRE', tasks, keep)
end
return answer
