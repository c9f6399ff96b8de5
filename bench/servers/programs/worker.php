<?php
// A queue worker that runs for ever: php worker.php WAY BYTES_PER_HOUR BYTES
[, $way, $perHour, $bytes] = $argv;
ini_set("memory_limit", "-1");
$perSecond = $perHour / 3600 / $bytes;
$seen = [];
$start = microtime(true);
for ($number = 1;; $number++) {
    $wait = $start + $number / $perSecond - microtime(true);
    if ($wait > 0) usleep((int) ($wait * 1e6));
    $job = json_decode(json_encode(array_map(fn($i) => ["id" => $i, "name" => "row $i of $number"], range(1, 100))));
    // A string takes 25 bytes more, rounded up to 3,072 where BYTES is 3,040.
    if ($way === "log") $seen[] = str_repeat(chr(97 + $number % 26), $bytes);
}
