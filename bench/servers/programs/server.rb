# A small service: server.rb PORT WAY [BYTES]
require "socket"
require "json"

port, way, bytes = ARGV[0].to_i, ARGV[1], (ARGV[2] || 4096).to_i
listener = TCPServer.new("127.0.0.1", port)
audit = []
requests = 0

loop do
  connection = listener.accept
  while (line = connection.gets) && line != "\r\n"; end
  requests += 1
  audit << ("a" * bytes) if way == "array"
  rows = (0...150).map { |i| { id: i, name: "row #{i} of #{requests}" } }
  body = JSON.parse(JSON.generate(rows)).size.to_s
  connection.write("HTTP/1.1 200 OK\r\nContent-Length: #{body.bytesize}\r\nConnection: close\r\n\r\n#{body}")
  connection.close
end
