/**
 * Keeps every order's audit record for ever, about 1 MiB/s in recordAudit, beside 9 MiB/s of garbage and a bounded
 * cache that is refilled all the time. Says every second how many ticks of 10 ms it kept and the longest gap between two.
 */
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class LeakOrders {
  static final class OrderRecord {
    final byte[] blob = new byte[1500];
    final Map<String, String> fields = new HashMap<>();
  }

  static final class CacheEntry {
    final byte[] body = new byte[2048];
  }

  static final List<OrderRecord> audit = new ArrayList<>();
  static final Map<Integer, CacheEntry> cache = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, CacheEntry> eldest) {
      return size() > 2000;
    }
  };
  static int next = 0;
  static int sum = 0;

  static void handleOrder() {
    recordAudit();
    for (int i = 0; i < 4; i++) cache.put(next++, new CacheEntry());
    for (int i = 0; i < 8; i++) sum += new byte[1024].length;
  }

  static void recordAudit() {
    OrderRecord record = new OrderRecord();
    record.fields.put("state", "open");
    audit.add(record);
  }

  public static void main(String[] args) throws InterruptedException {
    long second = System.nanoTime();
    long before = second;
    int ticks = 0;
    long longest = 0;
    while (true) {
      for (int i = 0; i < 6; i++) handleOrder();
      Thread.sleep(10);
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
