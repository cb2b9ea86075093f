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

local function last(milliseconds, ...)
  for _, key in ipairs({...}) do
    redis.call('PEXPIRE', key, milliseconds)
  end
end
