-- Say which tasks run at the service: places of kernels that are gone stay as long as theirs do.
-- A task that runs and that nobody names takes a place, and the most it may cost is on its way, until it has ended or its
-- machine is back and names it.
-- KEYS life held tasks line open
-- ARGV lane limit channel listing unseen, how many tasks run, how many wait there, millionths of CNY of a task, then the
--      ids of those that run, that wait, and that have ended
-- Returns how many places were given back
local t = now()
local unseen, freed, known = tonumber(ARGV[5]), 0, {}
local waiting_from = 9 + tonumber(ARGV[6])
local ended_from = waiting_from + tonumber(ARGV[7])
local running, there, ended = {}, {}, {}
for i = 9, #ARGV do
  if i < waiting_from then
    running[#running + 1] = ARGV[i]
  end
  if i < ended_from then
    there[ARGV[i]] = true
  else
    ended[ARGV[i]] = true
  end
end
local tasks = redis.call('HGETALL', KEYS[3])
local task_of = {}
for i = 1, #tasks, 2 do
  task_of[tasks[i]] = tasks[i + 1]
  known[tasks[i + 1]] = true
end
local late, taskless = {}, {}
for _, lease in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local task = task_of[lease] or string.match(lease, '^(%S+) %- %-$')
  if task then
    known[task] = true
  end
  local score = tonumber(redis.call('ZSCORE', KEYS[2], lease))
  if score <= t then
    if task and (ended[task] or not there[task] and score + unseen <= t) then
      redis.call('ZREM', KEYS[2], lease)
      redis.call('HDEL', KEYS[3], lease)
      redis.call('HDEL', KEYS[5], '? ' .. task)
      freed = freed + 1
    elseif not task then
      taskless[#taskless + 1] = {lease, score}
    end
  end
end
-- Tasks that run and that nobody names: those of kernels that are gone and had not said so, or that this server forgot.
for _, task in ipairs(running) do
  if not known[task] then
    local lease = table.remove(taskless)
    if lease then
      redis.call('HSET', KEYS[3], lease[1], task)
    elseif redis.call('HEXISTS', KEYS[1], ARGV[4]) == 0 then
      redis.call('ZADD', KEYS[2], t - 1, task .. ' - -')
      redis.call('HSET', KEYS[5], '? ' .. task, string.format('%s %d %d', ARGV[8], calendar(t)))
    end
  end
end
for _, lease in ipairs(taskless) do
  if lease[2] + unseen <= t then
    redis.call('ZREM', KEYS[2], lease[1])
    freed = freed + 1
  end
end
redis.call('HSET', KEYS[1], ARGV[4], t)
call(ARGV[3], ARGV[1], tonumber(ARGV[2]), KEYS[2], KEYS[4], t)
return freed
