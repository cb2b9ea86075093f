-- Write something that ends at once: a server that takes this takes every operation. KEYS probe
redis.call('SET', KEYS[1], now(), 'PX', 1000)
return 1
