<?php
// Served by PHP-FPM: a page that needs some memory for a moment.
$rows = array_map(fn($i) => ["id" => $i, "name" => str_repeat("n", $i % 300)], range(1, 2000));
echo strlen(json_encode($rows));
