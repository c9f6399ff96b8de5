# Writes what leakwatch returns into a file that is there already, with a newline behind it: where leakwatch has removed it
# meanwhile, nothing is written and nothing is left. Without the json library, which the program may not have loaded.
leakwatch_json = lambda do |value|
  case value
  when Hash then "{" + value.map { |key, each| "#{leakwatch_json.(key)}:#{leakwatch_json.(each)}" }.join(",") + "}"
  when Array then "[" + value.map { |each| leakwatch_json.(each) }.join(",") + "]"
  when Integer, true, false then value.to_s
  when Float then value.finite? ? value.to_s : "null"
  when nil then "null"
  else
    "\"" + value.to_s.b.gsub(/[^ -~]|["\\]/n) { |one| format("\\u%04x", one.ord) } + "\""
  end
end
leakwatch_answer = lambda do |setup|
  answer = begin
    leakwatch.(setup)
  rescue StandardError => error
    { error: "#{error.class}: #{error.message}" }
  end
  File.open(setup[:answer], File::WRONLY | File::NOFOLLOW) { |file| file.write(leakwatch_json.(answer), "\n") }
rescue StandardError
  nil # Removed meanwhile.
end
