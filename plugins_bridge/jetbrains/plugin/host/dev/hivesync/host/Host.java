package dev.hivesync.host;

import com.intellij.openapi.application.Application;
import com.intellij.openapi.project.Project;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.swing.SwingUtilities;

/** The application and its projects, as far as the plugin asks anything of them. */
public final class Host {

  public static final Application APPLICATION = fake(Application.class, new Services());
  private static volatile Project opened;

  private Host() {}

  /** Open a project in this folder; the window of the one before is closed. */
  public static Project open(String folder) {
    opened = fake(Project.class, new Data(folder));
    return opened;
  }

  public static Project[] projects() {
    return opened == null ? new Project[0] : new Project[] { opened };
  }

  /** Make an instance of an interface; what the handler does not know ends the test. */
  public static <T> T fake(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
  }

  private static Object unknown(Method method) {
    throw new UnsupportedOperationException(method.toString());
  }

  /** One of each service for the whole application. */
  private static final class Services implements InvocationHandler {

    private final Map<Class<?>, Object> made = new HashMap<>();

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Exception {
      return switch (method.getName()) {
        case "getService" -> service((Class<?>) arguments[0]);
        case "invokeLater" -> {
          SwingUtilities.invokeLater((Runnable) arguments[0]);
          yield null;
        }
        default -> unknown(method);
      };
    }

    private synchronized Object service(Class<?> type) throws ReflectiveOperationException {
      if (!made.containsKey(type)) {
        made.put(type, type.getConstructor().newInstance());
      }
      return made.get(type);
    }
  }

  private record Data(String folder, Map<Object, Object> kept) implements InvocationHandler {
    Data(String folder) {
      this(folder, new ConcurrentHashMap<>());
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) {
      return switch (method.getName()) {
        case "isDisposed" -> false;
        case "getBasePath" -> folder;
        case "getUserData" -> kept.get(arguments[0]);
        case "putUserData" -> arguments[1] == null ? kept.remove(arguments[0]) : kept.put(arguments[0], arguments[1]);
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> proxy == arguments[0];
        case "toString" -> "Project in " + folder;
        default -> unknown(method);
      };
    }
  }
}
