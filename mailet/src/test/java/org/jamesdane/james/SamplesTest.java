/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The samples for containers: their syntax, and that what they set and name is there. */
class SamplesTest {
    private static final Path SAMPLES = Path.of("../james-conf/src/main");
    private static final Path INSTALLING = Path.of("../docs/install.md");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Z_]+)}");
    /** Directory of James's own configuration, which the sample's reader has. */
    private static final String OF_THE_OPERATOR = "./james/";

    private static List<Map<String, ?>> yaml(String file) throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        List<Map<String, ?>> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(strict)).loadAll(Files.readString(SAMPLES.resolve(file))).forEach(each -> documents.add(map(each)));
        return documents;
    }

    @SuppressWarnings("unchecked") // Keys of these files are text.
    private static Map<String, ?> map(@Nullable Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<String, ?>) Objects.requireNonNull(value);
    }

    private static Map<String, ?> map(Map<String, ?> parent, String... path) {
        Map<String, ?> found = parent;
        for (String step : path) {
            found = map(found.get(step));
        }
        return found;
    }

    private static List<Map<String, ?>> list(Map<String, ?> parent, String key) {
        return items(parent, key).stream().<Map<String, ?>>map(SamplesTest::map).toList();
    }

    private static List<?> items(Map<String, ?> parent, String key) {
        return (List<?>) Objects.requireNonNull(parent.get(key), key);
    }

    private static Properties properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }

    private static Set<String> variables(String text) {
        return VARIABLE.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, ?> document(String kind) throws IOException {
        return yaml("kubernetes/james-dane.yaml").stream().filter(each -> kind.equals(each.get("kind"))).findFirst().orElseThrow();
    }

    private static Map<String, ?> pod() throws IOException {
        return map(document("StatefulSet"), "spec", "template", "spec");
    }

    @Test
    void shouldSetKeysThatExist() throws IOException {
        String sample = Files.readString(SAMPLES.resolve("conf/dane.properties"));

        assertThat(properties(Files.readString(SAMPLES.resolve("compose/dane.properties"))).stringPropertyNames()).isNotEmpty()
            .allSatisfy(key -> assertThat(sample).contains("\n#" + key + "="));
    }

    @Test
    void shouldSetTheSameInBothSamples() throws IOException {
        assertThat(properties(String.valueOf(map(document("ConfigMap"), "data").get("dane.properties"))))
            .isEqualTo(properties(Files.readString(SAMPLES.resolve("compose/dane.properties"))));
    }

    @Test
    void shouldGiveEachNodeOfComposeTheVariablesThatItsSettingsName() throws IOException {
        Map<String, ?> services = map(yaml("compose/compose.yaml").get(0), "services");
        Set<String> named = variables(Files.readString(SAMPLES.resolve("compose/dane.properties")));
        List<Map<String, ?>> nodes = Stream.of("mail1", "mail2").<Map<String, ?>>map(name -> map(services.get(name))).toList();

        assertThat(named).containsExactly("DANE_STORE_PASSWORD", "JAMES_NODE");
        assertThat(nodes).allSatisfy(node -> assertThat(map(node, "environment").keySet()).isEqualTo(named))
            .extracting(node -> map(node, "environment").get("JAMES_NODE")).doesNotHaveDuplicates();
        assertThat(nodes).extracting(node -> String.valueOf(node.get("stop_grace_period"))).containsOnly("60s");
    }

    @Test
    void shouldMountInComposeWhatIsThereAndDeclared() throws IOException {
        Map<String, ?> compose = yaml("compose/compose.yaml").get(0);
        Set<String> volumes = map(compose, "volumes").keySet();

        assertThat(map(compose, "services").values()).allSatisfy(service -> {
            for (Object mount : items(map(service), "volumes")) {
                String source = mount.toString().split(":", 2)[0];
                assertThat(source.startsWith(OF_THE_OPERATOR) || volumes.contains(source)
                    || Files.exists(SAMPLES.resolve("compose").resolve(source))).as(source).isTrue();
            }
        });
    }

    @Test
    void shouldGiveThePodTheVariablesThatItsSettingsName() throws IOException {
        Map<String, ?> container = list(pod(), "containers").get(0);

        assertThat(list(container, "env")).extracting(each -> String.valueOf(each.get("name"))).containsExactlyInAnyOrderElementsOf(
            List.copyOf(variables(Files.readString(SAMPLES.resolve("compose/dane.properties")))));
        assertThat(map(list(container, "env").get(0), "valueFrom", "fieldRef").get("fieldPath")).isEqualTo("metadata.name");
    }

    @Test
    void shouldMountInThePodWhatIsDeclared() throws IOException {
        Set<Object> declared = new TreeSet<>();
        list(pod(), "volumes").forEach(volume -> declared.add(volume.get("name")));
        list(map(document("StatefulSet"), "spec"), "volumeClaimTemplates")
            .forEach(claim -> declared.add(map(claim, "metadata").get("name")));

        assertThat(list(list(pod(), "containers").get(0), "volumeMounts")).extracting(mount -> mount.get("name"))
            .allSatisfy(name -> assertThat(declared).contains(name));
        assertThat(map(document("StatefulSet"), "spec", "template", "metadata", "labels"))
            .isEqualTo(map(document("StatefulSet"), "spec", "selector", "matchLabels"))
            .isEqualTo(map(document("Service"), "spec", "selector"));
        assertThat(map(document("StatefulSet"), "spec").get("serviceName")).isEqualTo(map(document("Service"), "metadata").get("name"));
    }

    /** The commands in the comments of the samples, and what they name. */
    @ParameterizedTest
    @ValueSource(strings = {"compose/compose.yaml", "kubernetes/james-dane.yaml"})
    void shouldNameInItsCommandsWhatIsThere(String sample) throws IOException {
        String text = Files.readString(SAMPLES.resolve(sample));
        String comments = text.lines().filter(line -> line.startsWith("#")).map(line -> line.substring(1))
            .collect(Collectors.joining("\n"));

        assertThat(text).contains("--generate-keystore");
        assertThat(Files.readString(INSTALLING)).contains(call(comments).replace(" -H @token", ""));
        Pattern.compile("(?:-f|built from) ((?:docker|compose)/\\S+)").matcher(comments).results()
            .forEach(found -> assertThat(SAMPLES.resolve(found.group(1))).exists());
        Set<String> given = Pattern.compile("--from-file=(\\S+)").matcher(comments).results().map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
        if (sample.startsWith("kubernetes")) {
            Set<String> mounted = list(list(pod(), "containers").get(0), "volumeMounts").stream()
                .filter(mount -> "conf".equals(mount.get("name"))).map(mount -> String.valueOf(mount.get("subPath")))
                .collect(Collectors.toCollection(TreeSet::new));
            assertThat(given).isEqualTo(mounted);
        }
    }

    private static String call(String comments) {
        return comments.lines().map(String::strip).filter(line -> line.startsWith("curl ")).findFirst().orElseThrow();
    }

    @Test
    void shouldRunABrokerWhoseManagementJamesCanAsk() throws IOException {
        assertThat(String.valueOf(map(yaml("compose/compose.yaml").get(0), "services", "rabbitmq").get("image"))).endsWith("-management");
    }

    @Test
    void shouldNameInThePageEachVariableOfAFlavour() throws IOException {
        String page = Files.readString(INSTALLING);
        try (Stream<Path> files = Files.walk(SAMPLES.resolve("flavours"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(variables(Files.readString(file))).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
            }
        }
    }
}
