/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A client is compiled against one version of a host, and checked against another in which one thing has changed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinkCheckTest {
    private static final String HOST = """
        package host;
        public class Root {
            public void fromRoot() { }
        }
        package host;
        public class Base extends Root {
            protected int count;
            public static int total;
            public Base(int start) { count = start; }
            public String greet(String name) { return name; }
            protected void hook() { }
            public void overridable(String text) { }
            public static void utility() { }
            public void referenced(String text) { }
        }
        package host;
        public interface Listener {
            void on(String event);
            default void off(String event) { }
        }
        package host;
        public interface Source {
            String next();
        }
        package host;
        public enum Kind { GOOD, BAD }
        package host;
        public class Trouble extends RuntimeException { }
        package host;
        public class OnlyInSignature { }
        package host;
        public @interface Mark {
            Kind value() default Kind.GOOD;
        }
        """;

    private static final String CLIENT = """
        package client;
        import host.*;
        import java.lang.invoke.MethodHandle;
        import java.util.List;
        import java.util.function.Consumer;
        @Mark
        public class Client extends Base implements Listener {
            final List<OnlyInSignature> listed = List.of();
            record Pair(Kind kind, int[] numbers) { }
            public Client() { super(1); }
            @Override public void on(String event) { hook(); fromRoot(); }
            @Override public void overridable(String text) { super.overridable(text); }
            String all(Source source, MethodHandle handle) throws Throwable {
                count++;
                total++;
                utility();
                Consumer<String> consumer = this::referenced;
                consumer.accept(greet("x") + source.next());
                String answer = (String) handle.invokeExact(1, 2L);
                try {
                    off(answer);
                } catch (Trouble trouble) {
                    return new Pair(Kind.BAD, new int[0].clone()).toString();
                }
                switch (Kind.valueOf(answer)) {
                    case GOOD: return "good";
                    default: return answer;
                }
            }
        }
        """;

    private final Path directory;
    private final Path client;
    private int changes;

    LinkCheckTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.client = Compiled.jar(directory, "client", CLIENT, Compiled.jar(directory, "host", HOST));
    }

    @Test
    void shouldFindNoFaultWithTheHostItWasCompiledAgainst() throws Exception {
        LinkReport report = check(HOST);

        assertThat(report.faults()).isEmpty();
        assertThat(report.overrides()).containsExactlyInAnyOrder(
            "client/Client.on(Ljava/lang/String;)V",
            "client/Client.overridable(Ljava/lang/String;)V",
            "client/Client$Pair.toString()Ljava/lang/String;",
            "client/Client$Pair.hashCode()I",
            "client/Client$Pair.equals(Ljava/lang/Object;)Z");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        public String greet(String name) | public String greet(String name, int more) | there is no such method
        public String greet(String name) | public Object greet(String name) | there is no such method
        public String greet(String name) | String greet(String name) | it is not accessible
        public String greet(String name) | private String greet(String name) | it is not accessible
        public String greet(String name) | public static String greet(String name) | it is static
        public static void utility() | public void utility() | it is not static
        protected void hook() | void hook() | it is not accessible
        public void fromRoot() | public void renamed() | there is no such method
        public void referenced(String text) | public void referenced(int text) | there is no such method
        public void overridable(String text) | public final void overridable(String text) | it overrides the final method
        public Base(int start) { count = start; } | public Base(long start) { } | there is no such constructor
        protected int count | protected long count | there is no such field
        public static int total | static int total | it is not accessible
        public static int total | public int total | it is not static
        public class Base extends Root | class Base extends Root | the class is not public
        public class Base extends Root | public final class Base extends Root | its super class host/Base is final
        void on(String event); | void on(String event); void more(); | it does not implement host/Listener.more()V
        default void off(String event) { } | void off(String event); | it does not implement host/Listener.off
        default void off(String event) { } |  | there is no such method
        GOOD, BAD | GOOD | static field host/Kind.BAD:Lhost/Kind;: there is no such field
        class Trouble extends RuntimeException | class Other extends RuntimeException | class host/Trouble: there is no such class
        public class OnlyInSignature | public class Other | class host/OnlyInSignature: there is no such class
        public @interface Mark | public @interface Other | annotation host/Mark: there is no such class
        """)
    void shouldFindWhatTheHostHasChanged(String before, String after, String fault) throws Exception {
        assertThat(HOST).contains(before);

        LinkReport report = check(HOST.replace(before, after == null ? "" : after));

        assertThat(report.faults()).extracting(LinkReport.Fault::toString).anySatisfy(found -> assertThat(found).contains(fault));
    }

    @Test
    void shouldFindAnInterfaceThatBecameAClassAndTheReverse() throws Exception {
        LinkReport report = check(HOST
            .replace("public interface Source {\n    String next();", "public class Source {\n    public String next() { return \"\"; }")
            .replace("public interface Listener {", "public abstract class Listener {")
            .replace("void on(String event);", "public abstract void on(String event);")
            .replace("default void off", "void off")
            .replace("public class Trouble extends RuntimeException { }", "public interface Trouble { }"));

        assertThat(report.faults()).extracting(LinkReport.Fault::what)
            .contains("the interface is a class now", "its interface host/Listener is a class now");
    }

    @Test
    void shouldTellWhichSuperTypeOfAHostClassIsMissing() throws Exception {
        LinkReport report = check(HOST, "host/Root.class");

        assertThat(report.faults()).extracting(LinkReport.Fault::what).anyMatch(what -> what.contains("host/Root"));
    }

    @Test
    void shouldAcceptAMethodThatMovedToASuperClass() throws Exception {
        LinkReport report = check(HOST
            .replace("public String greet(String name) { return name; }", "")
            .replace("public void fromRoot() { }", "public void fromRoot() { } public String greet(String name) { return name; }"));

        assertThat(report.faults()).isEmpty();
    }

    @Test
    void shouldSeeThatAnOverrideGotLost() throws Exception {
        LinkReport report = check(HOST.replace("public void overridable(String text)",
            "public void overridable(String text, int more) { } public void unused()"));

        assertThat(report.overrides()).noneMatch(override -> override.contains("overridable"));
    }

    @Test
    void shouldFindAClassThatTheHostHasUnderTheSameName() throws Exception {
        LinkReport report = check(HOST + "package client;\npublic class Client { }\n");

        assertThat(report.faults()).extracting(LinkReport.Fault::what).contains("James has it, too");
    }

    @Test
    void shouldKnowOfTheJdkOnlyWhatIsExported() {
        JdkClasses jdk = new JdkClasses();

        assertThat(jdk.find("java/lang/String")).isPresent();
        assertThat(jdk.find("javax/naming/Context")).isPresent();
        assertThat(jdk.find("jdk/internal/misc/Unsafe")).isEmpty();
        assertThat(jdk.find("java/lang/Missing")).isEmpty();
    }

    private LinkReport check(String changedHost, String... without) throws IOException {
        Path changed = Compiled.jar(directory, "changed-" + changes++, changedHost);
        Compiled.remove(changed, List.of(without));
        try (JarClasses classes = JarClasses.of(changed)) {
            return LinkCheck.against(classes).check(client);
        }
    }
}
