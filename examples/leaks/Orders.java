/**
 * An order service that leaks 4 MiB a second: every order leaves a record in `audit`. Beside it goes on what looks like a
 * leak and is none: a cache of bounded size, and objects that die young. With `fixed` as its argument it drops old records.
 *
 *     java -Xmx2g examples/leaks/Orders.java [fixed]
 */
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

public class Orders {
  static final class AuditRecord {
    final byte[] document = new byte[16_000];
  }

  static final class Product {
    final byte[] picture = new byte[2000];
  }

  static final Deque<AuditRecord> audit = new ArrayDeque<>();
  static final Map<Integer, Product> catalog = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, Product> eldest) {
      return size() > 100; // bounded: the oldest one goes
    }
  };
  static boolean fixed;
  static int sum;

  static void writeAudit() {
    audit.add(new AuditRecord()); // the leak
    if (fixed && audit.size() > 250) audit.removeFirst();
  }

  static void handleOrder(int number) {
    writeAudit();
    catalog.put(number, new Product());
    for (int i = 0; i < 8; i++) sum += new byte[1024].length; // garbage
  }

  public static void main(String[] arguments) throws InterruptedException {
    fixed = Arrays.asList(arguments).contains("fixed");
    int number = 0;
    long start = System.nanoTime();
    while (true) {
      long due = (System.nanoTime() - start) / 4_000_000; // orders, 250 a second
      while (number < due) handleOrder(number++);
      Thread.sleep(10);
    }
  }
}
