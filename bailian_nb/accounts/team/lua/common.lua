-- What every operation begins with. All times are milliseconds of the server's clock: no machine's own counts.
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

-- The life of this data. A server that lost it begins a new one, in which nothing is handed out for `grace`: within
-- that time every process has said anew what it holds.
local function life(key, t, name)
  local found = redis.call('HMGET', key, 'id', 'born')
  if found[1] then
    return found[1], tonumber(found[2])
  end
  redis.call('HSET', key, 'id', name, 'born', t)
  return name, t
end

-- A lease is 'number kernel owner', a waiter 'kernel owner'; none of the three holds a space.
local function holder(lease)
  return string.match(lease, '^%S+ (%S+) (%S+)$')
end

-- Who holds how many places, by kernel and by owner; `late` counts those whose kernel has not been heard of in time.
local function count(held, t)
  local all = redis.call('ZRANGE', held, 0, -1, 'WITHSCORES')
  local found = {total = #all / 2, late = 0, kernels = {}, owners = {}}
  for i = 1, #all, 2 do
    local kernel, owner = holder(all[i])
    found.kernels[kernel] = (found.kernels[kernel] or 0) + 1
    found.owners[owner] = (found.owners[owner] or 0) + 1
    if tonumber(all[i + 1]) <= t then
      found.late = found.late + 1
    end
  end
  return found
end

-- Those who wait in the order of their turns: an owner with fewer places first, then a kernel with fewer, then who has
-- waited longer. One ticket a kernel, drawn anew for each place, so a long queue is no advantage.
local function queue(line, places)
  local all = redis.call('ZRANGE', line, 0, -1, 'WITHSCORES')
  local found = {}
  for i = 1, #all, 2 do
    local kernel, owner = string.match(all[i], '^(%S+) (%S+)$')
    local turn = {places.owners[owner] or 0, places.kernels[kernel] or 0, tonumber(all[i + 1])}
    found[#found + 1] = {name = all[i], kernel = kernel, turn = turn}
  end
  table.sort(found, function(a, b)
    for i = 1, 3 do
      if a.turn[i] ~= b.turn[i] then
        return a.turn[i] < b.turn[i]
      end
    end
    return false
  end)
  return found
end

-- Call those whose turn has come; whoever hears nothing asks again by itself, later.
local function call(channel, lane, limit, held, line, t)
  local places = count(held, t)
  local waiting = queue(line, places)
  local said = lane
  for i = 1, math.min(#waiting, math.max(limit - places.total, 0)) do
    said = said .. ' ' .. waiting[i].kernel
  end
  if said ~= lane then
    redis.call('PUBLISH', channel, said)
  end
end

-- How many places a lane has: `ahead` more than the limit where tasks may wait at the service, unless that has refused
-- one within a day; then the second is how long that holds still.
local function room(life_key, lane, limit, ahead, t)
  local refused = tonumber(redis.call('HGET', life_key, 'noahead:' .. lane) or '0') - t
  if refused > 0 then
    return limit, refused
  end
  return limit + ahead, 0
end

local function last(milliseconds, ...)
  for _, key in ipairs({...}) do
    redis.call('PEXPIRE', key, milliseconds)
  end
end

-- The day and the month in Beijing, by which the service writes its times: days since 1970, and months of year 0.
-- The second is what is called "civil from days" in the trade.
local function calendar(t)
  local day = math.floor((t / 1000 + 28800) / 86400)
  local shifted = day + 719468
  local era = math.floor(shifted / 146097)
  local of_era = shifted - era * 146097
  local year = of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524) - math.floor(of_era / 146096)
  year = math.floor(year / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * of_year + 2) / 153)
  year = year + era * 400
  if month >= 10 then
    return day, (year + 1) * 12 + month - 10
  end
  return day, year * 12 + month + 2
end

-- What all machines have spent: 'd<day> <machine>' and 'm<month> <machine>', in millionths of CNY. What is over goes.
local function spent(key, day, month)
  local all, found = redis.call('HGETALL', key), {day = 0, month = 0, table = {}}
  for i = 1, #all, 2 do
    local kind, number = string.match(all[i], '^(%a)(%d+) ')
    local now_is = kind == 'd' and day or month
    if tonumber(number) == now_is then
      local name = kind == 'd' and 'day' or 'month'
      found[name] = found[name] + tonumber(all[i + 1])
      found.table[#found.table + 1] = all[i]
      found.table[#found.table + 1] = all[i + 1]
    elseif tonumber(number) < now_is - 1 then
      redis.call('HDEL', key, all[i])
    end
  end
  return found
end

-- What was put aside by processes that were not heard of in time before they sent anything: it is on its way no more.
local function lapsed(unsent, t)
  local found = {}
  for _, field in ipairs(redis.call('ZRANGEBYSCORE', unsent, '-inf', t)) do
    found[field] = true
  end
  return found
end

-- What is on its way: '<machine> <row>' -> 'millionths day month'; that of `but` is left out.
local function reserved(key, day, month, but)
  local all, found = redis.call('HGETALL', key), {day = 0, month = 0}
  for i = 1, #all, 2 do
    if not but[all[i]] then
      local amount, of_day, of_month = string.match(all[i + 1], '^(%d+) (%d+) (%d+)$')
      if tonumber(of_day) == day then
        found.day = found.day + tonumber(amount)
      end
      if tonumber(of_month) == month then
        found.month = found.month + tonumber(amount)
      end
    end
  end
  return found
end

local function as_table(key)
  local all, found = redis.call('HGETALL', key), {}
  for i = 1, #all, 2 do
    found[all[i]] = all[i + 1]
  end
  return found
end
