/**
 * Leaks outside the heap: direct buffers at 1 MiB/s, and every tick a class loader with one class. Says every second how many
 * ticks of 100 ms it kept and the longest gap between two.
 */
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

public class LeakOutsideHeap {
  static final class PluginLoader extends ClassLoader {
    Class<?> define(byte[] code) {
      return defineClass("LeakOutsideHeap$Plugin", code, 0, code.length);
    }
  }

  public static final class Plugin {}

  static final List<ByteBuffer> buffers = new ArrayList<>();
  static final List<Class<?>> plugins = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    byte[] code;
    try (InputStream in = LeakOutsideHeap.class.getResourceAsStream("LeakOutsideHeap$Plugin.class")) {
      code = in.readAllBytes();
    }
    long second = System.nanoTime();
    long before = second;
    int ticks = 0;
    long longest = 0;
    while (true) {
      buffers.add(ByteBuffer.allocateDirect(100 * 1024));
      plugins.add(new PluginLoader().define(code));
      Thread.sleep(100);
      long now = System.nanoTime();
      longest = Math.max(longest, now - before);
      before = now;
      ticks++;
      if (now - second < 1_000_000_000L) continue;
      System.out.println("ticks " + ticks + " longest_ms " + longest / 1_000_000);
      second = now;
      ticks = 0;
      longest = 0;
    }
  }
}
