<?php
// Keeps every basket for ever, about 1 MiB/s in remember, beside garbage and a bounded cache that is refilled all the time.
// Says every second how many ticks of 10 ms it kept and the longest gap between two.

$baskets = [];
$cache = [];

function remember(int $number): void
{
    global $baskets;
    $baskets[] = ["number" => $number, "notes" => str_repeat("n", 1500 + $number % 64)];
}

function handle(int $number): void
{
    global $cache;
    remember($number);
    for ($at = 0; $at < 4; $at++) {
        $cache[$number * 4 + $at] = str_repeat("b", 2048 + $at);
        if (count($cache) > 2000) {
            unset($cache[array_key_first($cache)]);
        }
    }
}

$number = 0;
$second = $before = hrtime(true);
$ticks = $longest = 0;
while (true) {
    for ($i = 0; $i < 6; $i++) {
        handle($number++);
    }
    usleep(10000);
    $now = hrtime(true);
    $longest = max($longest, $now - $before);
    $before = $now;
    $ticks++;
    if ($now - $second < 1e9) {
        continue;
    }
    echo "ticks $ticks longest_ms ", intdiv($longest, 1000000), "\n";
    [$second, $ticks, $longest] = [$now, 0, 0];
}
