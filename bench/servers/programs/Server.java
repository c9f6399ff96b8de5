import com.sun.net.httpserver.HttpServer;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A small service: java Server PORT WAY [BYTES [GARBAGE_BYTES [ENTRIES]]] */
public class Server {
  static int bytes, garbageBytes, entries;
  static long requests;
  static final List<Object> kept = new ArrayList<>();
  static Map<Long, byte[]> cache;
  static volatile Object sink;

  public static void main(String[] arguments) throws Exception {
    bytes = number(arguments, 2, 4096);
    garbageBytes = number(arguments, 3, 65536);
    entries = number(arguments, 4, 1000);
    cache = new LinkedHashMap<>(16, .75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
        return size() > entries;
      }
    };
    Runnable way = way(arguments[1]);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
    server.createContext("/", exchange -> {
      requests++;
      way.run();
      byte[] body = (work() + "\n").getBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.setExecutor(Executors.newSingleThreadExecutor());
    server.start();
  }

  static Runnable way(String name) {
    return switch (name) {
      case "plain" -> () -> {};
      case "list" -> () -> kept.add(new byte[bytes]);
      case "cache" -> () -> cache.put(requests, new byte[bytes]);
      case "metaspace" -> Server::loadAgain;
      case "direct" -> () -> kept.add(filled(ByteBuffer.allocateDirect(bytes)));
      case "threads" -> Server::startThread;
      default -> throw new IllegalArgumentException("unknown way " + name);
    };
  }

  /** A class loader per request, kept: what undeploying a web application often leaves behind. */
  static void loadAgain() {
    ClassLoader loader = new URLClassLoader(new URL[0], Server.class.getClassLoader());
    kept.add(Proxy.newProxyInstance(loader, new Class<?>[] {Supplier.class, Runnable.class, Comparable.class}, (p, m, a) -> null));
  }

  static ByteBuffer filled(ByteBuffer buffer) {
    while (buffer.hasRemaining()) buffer.put((byte) 1);
    return buffer;
  }

  static void startThread() {
    Thread thread = new Thread(() -> {
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException ended) {
        return;
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  static int work() {
    int sum = 0;
    for (int left = garbageBytes; left > 0; left -= 2048) {
      byte[] row = new byte[2032];
      sink = row;
      sum += row.length;
    }
    return sum;
  }

  static int number(String[] arguments, int index, int otherwise) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
  }
}
