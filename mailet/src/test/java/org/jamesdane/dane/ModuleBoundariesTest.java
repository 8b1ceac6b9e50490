/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.DanePolicy;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.Proof;
import org.junit.jupiter.api.Test;

/** The dependencies between the parts, which point one way. */
class ModuleBoundariesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        // The other module's fixtures come as a jar.
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages("org.jamesdane");

    private static final int MOST_PARAMETERS = 7;
    /** Fields that no lock guards in classes that have one: one thread alone uses each. */
    private static final Set<String> OF_ONE_THREAD = Set.of("delivery.HeldItem.begun", "store.AuditStatistics.failing");
    /** Lines of a file that still does one thing. */
    private static final long MOST_LINES = 400;
    /** Files of a package of the delivery that somebody new to it can look over. */
    private static final long MOST_FILES = 15;

    /** Accesses to the clock. */
    private static final DescribedPredicate<JavaAccess<?>> AMBIENT_TIME = new DescribedPredicate<>("read the clock") {
        @Override
        public boolean test(JavaAccess<?> access) {
            String owner = access.getTargetOwner().getName();
            String name = access.getName();
            boolean now = name.equals("now") && owner.startsWith("java.time.")
                && access.getTarget().getFullName().endsWith("now()");
            boolean clock = owner.equals("java.time.Clock") && name.startsWith("system");
            boolean millis = owner.equals("java.lang.System") && name.equals("currentTimeMillis");
            boolean date = owner.equals("java.util.Date") && access.getTarget().getFullName().endsWith("<init>()");
            return now || clock || millis || date;
        }
    };

    @Test
    void shouldSeeTheClassesItJudges() {
        assertThat(CLASSES).extracting(JavaClass::getName)
            .contains(DanePolicy.class.getName(), Proof.class.getName(), "org.jamesdane.dns.validating.ValidatingDns");
    }

    @Test
    void shouldKeepTheDecisionCorePure() {
        classes().that().resideInAPackage("org.jamesdane.dane..").should().onlyDependOnClassesThat(
            resideInAnyPackage("org.jamesdane.dane..", "org.jamesdane.text", "org.jamesdane.dns", "java.lang..", "java.util..",
                "java.time..", "java.math..", "java.security..", "java.nio.charset..", "org.jspecify.annotations..")
                .or(DescribedPredicate.describe("are addresses, octets in memory or directory names", type -> switch (type.getName()) {
                    case "java.net.InetAddress", "java.net.UnknownHostException", "java.io.ByteArrayInputStream",
                        "java.io.ByteArrayOutputStream", "java.io.InputStream", "java.io.IOException", "java.io.Serializable",
                        "javax.security.auth.x500.X500Principal" -> true;
                    // Arrays of primitives belong to no package.
                    default -> type.isPrimitive() || type.getBaseComponentType().isPrimitive();
                }))).check(CLASSES);
        noClasses().that().resideInAPackage("org.jamesdane.dane..").should().dependOnClassesThat(
            resideInAPackage("java.util.logging..").or(DescribedPredicate.describe("touch the process", type -> switch (type.getName()) {
                case "java.lang.System", "java.lang.Runtime", "java.lang.ProcessBuilder", "java.lang.Thread" -> true;
                default -> false;
            }))).check(CLASSES);
        noClasses().that().resideInAPackage("org.jamesdane.dane..").should()
            .callMethod(java.net.InetAddress.class, "getByName", String.class)
            .orShould().callMethod(java.net.InetAddress.class, "getAllByName", String.class)
            .orShould().callMethod(java.net.InetAddress.class, "getHostName")
            .orShould().callMethod(java.net.InetAddress.class, "getCanonicalHostName").check(CLASSES);
    }

    @Test
    void shouldKeepTheRulesOfMtaStsPure() {
        classes().that().resideInAPackage("org.jamesdane.mtasts..").should().onlyDependOnClassesThat(
            resideInAnyPackage("org.jamesdane.mtasts..", "org.jamesdane.dane..", "org.jamesdane.text", "org.jamesdane.dns", "java.lang..",
                "java.util..", "java.time..", "java.nio.charset..", "java.security.cert..", "org.jspecify.annotations..")
                .or(DescribedPredicate.describe("are octets in memory", type -> type.getName().startsWith("java.nio.")
                    || type.isPrimitive() || type.getBaseComponentType().isPrimitive()))).check(CLASSES);
        noClasses().that().resideInAPackage("org.jamesdane.mtasts..").should().dependOnClassesThat(
            resideInAnyPackage("java.util.logging..", "java.util.concurrent..", "java.nio.file..", "java.nio.channels..")
                .or(DescribedPredicate.describe("touch the process", type -> type.getName().matches(
                    "java\\.lang\\.(System|Runtime|ProcessBuilder|Thread)")))).check(CLASSES);
    }

    @Test
    void shouldKeepTheRulesOfTlsReportsPure() {
        classes().that().resideInAPackage("org.jamesdane.tlsrpt..").should().onlyDependOnClassesThat(
            resideInAnyPackage("org.jamesdane.tlsrpt..", "org.jamesdane.dane..", "org.jamesdane.text", "org.jamesdane.dns", "java.lang..",
                "java.util..", "java.time..", "java.math..", "java.nio.charset..", "java.security..", "org.jspecify.annotations..")
                .or(DescribedPredicate.describe("are addresses or octets in memory", type -> switch (type.getName()) {
                    case "java.net.InetAddress", "java.net.URI", "java.net.URISyntaxException", "java.io.ByteArrayInputStream",
                        "java.io.ByteArrayOutputStream", "java.io.InputStream", "java.io.OutputStream", "java.io.IOException",
                        "java.io.UncheckedIOException" -> true;
                    default -> type.getName().matches("java\\.nio\\.\\w+Buffer") || type.isPrimitive()
                        || type.getBaseComponentType().isPrimitive();
                }))).check(CLASSES);
        noClasses().that().resideInAPackage("org.jamesdane.tlsrpt..").should().dependOnClassesThat(
            resideInAnyPackage("java.util.logging..", "java.util.concurrent..")
                .or(DescribedPredicate.describe("touch the process", type -> type.getName().matches(
                    "java\\.lang\\.(System|Runtime|ProcessBuilder|Thread)|java\\.util\\.zip\\.ZipFile")))).check(CLASSES);
    }

    /** Each package of the core may use those further down, which stand later here. */
    @Test
    void shouldLetTheCoreLeanOneWay() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("trace").definedBy("org.jamesdane.dane.trace")
            .layer("outcome").definedBy("org.jamesdane.dane.outcome")
            .layer("channel").definedBy("org.jamesdane.dane.channel")
            .layer("tlsa").definedBy("org.jamesdane.dane.tlsa")
            .layer("routing").definedBy("org.jamesdane.dane.routing")
            .layer("pkix").definedBy("org.jamesdane.dane.pkix")
            .layer("policy").definedBy("org.jamesdane.dane.policy")
            .layer("failure").definedBy("org.jamesdane.dane.failure")
            .whereLayer("trace").mayNotBeAccessedByAnyLayer()
            .whereLayer("outcome").mayOnlyBeAccessedByLayers("trace")
            .whereLayer("channel").mayOnlyBeAccessedByLayers("outcome", "trace")
            .whereLayer("tlsa").mayOnlyBeAccessedByLayers("channel", "outcome", "trace")
            .whereLayer("routing").mayOnlyBeAccessedByLayers("tlsa", "channel", "outcome", "trace")
            .whereLayer("pkix").mayOnlyBeAccessedByLayers("tlsa", "channel", "outcome", "trace")
            .whereLayer("policy").mayNotAccessAnyLayer()
            .whereLayer("failure").mayNotAccessAnyLayer()
            .check(CLASSES);
        classes().that().resideInAPackage("org.jamesdane.text").should()
            .onlyDependOnClassesThat(resideInAnyPackage("org.jamesdane.text", "java.lang..", "java.util..", "org.jspecify.annotations..")
                .or(DescribedPredicate.describe("are arrays of primitives",
                    type -> type.getBaseComponentType().isPrimitive()))).check(CLASSES);
    }

    /** Each package of a delivery may use those further down, which stand later here. */
    @Test
    void shouldLetDeliveryLeanOneWay() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("diagnosis").definedBy("org.jamesdane.delivery.diagnosis")
            .layer("worker").definedBy("org.jamesdane.delivery")
            .layer("attempt").definedBy("org.jamesdane.delivery.attempt")
            .layer("blame").definedBy("org.jamesdane.delivery.blame")
            .layer("discovery").definedBy("org.jamesdane.delivery.discovery")
            .layer("deferral").definedBy("org.jamesdane.delivery.deferral")
            .layer("schedule").definedBy("org.jamesdane.delivery.schedule")
            .layer("retry").definedBy("org.jamesdane.delivery.retry")
            .layer("destination").definedBy("org.jamesdane.delivery.destination")
            .layer("mail").definedBy("org.jamesdane.delivery.mail")
            .layer("monitoring").definedBy("org.jamesdane.delivery.monitoring")
            .layer("settings").definedBy("org.jamesdane.delivery.settings")
            .layer("sts").definedBy("org.jamesdane.delivery.sts")
            .whereLayer("diagnosis").mayNotBeAccessedByAnyLayer()
            .whereLayer("worker").mayNotBeAccessedByAnyLayer()
            .whereLayer("attempt").mayOnlyBeAccessedByLayers("worker", "diagnosis")
            .whereLayer("deferral").mayOnlyBeAccessedByLayers("worker")
            .whereLayer("blame").mayOnlyBeAccessedByLayers("worker", "attempt")
            .whereLayer("discovery").mayOnlyBeAccessedByLayers("blame", "attempt", "diagnosis")
            .whereLayer("schedule").mayOnlyBeAccessedByLayers("worker")
            .whereLayer("retry").mayOnlyBeAccessedByLayers("worker")
            .whereLayer("destination").mayOnlyBeAccessedByLayers("worker", "attempt", "schedule", "retry")
            .whereLayer("mail").mayOnlyAccessLayers("monitoring")
            .whereLayer("monitoring").mayNotAccessAnyLayer()
            .whereLayer("settings").mayOnlyAccessLayers("sts")
            .whereLayer("sts").mayNotAccessAnyLayer()
            .check(CLASSES);
    }

    @Test
    void shouldKeepDnsValuesFreeOfLibrariesAndMail() {
        classes().that().resideInAPackage("org.jamesdane.dns").should().onlyDependOnClassesThat(
            resideInAnyPackage("org.jamesdane.dns", "java..", "org.jspecify.annotations..")
                .or(DescribedPredicate.describe("are arrays of primitives",
                    type -> type.getBaseComponentType().isPrimitive()))).check(CLASSES);
        noClasses().that().resideInAPackage("org.jamesdane.dns..").should().dependOnClassesThat(
            resideInAnyPackage("org.jamesdane.dane..", "org.jamesdane.smtp..", "org.jamesdane.tls..", "org.jamesdane.delivery..",
                "org.jamesdane.james..", "org.jamesdane.webadmin..", "org.jamesdane.store..", "org.jamesdane.cli..")).check(CLASSES);
    }

    /** The command reads them where James has been stopped. */
    @Test
    void shouldKeepStoredMailFreeOfEverythingElse() {
        classes().that().resideInAPackage("org.jamesdane.waiting..").should().onlyDependOnClassesThat(
            resideInAnyPackage("org.jamesdane.waiting..", "java..", "org.jspecify.annotations..", "com.google.errorprone.annotations..")
                .or(DescribedPredicate.describe("are arrays of primitives",
                    type -> type.getBaseComponentType().isPrimitive()))).check(CLASSES);
    }

    @Test
    void shouldLetDependenciesPointOneWay() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
            .layer("surface").definedBy("org.jamesdane.james..", "org.jamesdane.webadmin..", "org.jamesdane.cli..")
            .layer("delivery").definedBy("org.jamesdane.delivery..")
            .layer("means").definedBy("org.jamesdane.smtp..", "org.jamesdane.tls..", "org.jamesdane.https..")
            .optionalLayer("store").definedBy("org.jamesdane.store..", "org.jamesdane.waiting..")
            .layer("mtasts").definedBy("org.jamesdane.mtasts..")
            .layer("tlsrpt").definedBy("org.jamesdane.tlsrpt..")
            .layer("dane").definedBy("org.jamesdane.dane..")
            .layer("dns").definedBy("org.jamesdane.dns..")
            .whereLayer("surface").mayNotBeAccessedByAnyLayer()
            .whereLayer("delivery").mayOnlyBeAccessedByLayers("surface")
            .whereLayer("means").mayOnlyBeAccessedByLayers("delivery", "surface")
            .whereLayer("store").mayOnlyBeAccessedByLayers("delivery", "surface")
            .whereLayer("mtasts").mayOnlyBeAccessedByLayers("means", "store", "delivery", "surface")
            .whereLayer("tlsrpt").mayOnlyBeAccessedByLayers("means", "store", "delivery", "surface")
            .whereLayer("dane").mayOnlyBeAccessedByLayers("mtasts", "tlsrpt", "means", "store", "delivery", "surface")
            .check(CLASSES);
    }

    @Test
    void shouldHaveNoCyclesOfPackages() {
        slices().matching("org.jamesdane.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldKeepTheDnsLibraryInTheValidator() {
        noClasses().that().resideOutsideOfPackage("org.jamesdane.dns.validating..").should()
            .dependOnClassesThat(resideInAnyPackage("org.xbill..", "org.jamesdane.shaded..")).check(CLASSES);
    }

    @Test
    void shouldKeepTheTlsStackInItsPackage() {
        noClasses().that().resideOutsideOfPackage("org.jamesdane.tls..").should()
            .dependOnClassesThat(resideInAPackage("org.bouncycastle..")).check(CLASSES);
        noClasses().that().resideInAnyPackage("org.jamesdane.dane..", "org.jamesdane.dns..", "org.jamesdane.smtp..", "org.jamesdane.tls..",
            "org.jamesdane.delivery..").should().dependOnClassesThat(resideInAPackage("javax.net.ssl..")).check(CLASSES);
    }

    @Test
    void shouldKeepHttpInItsPackage() {
        noClasses().that().resideOutsideOfPackage("org.jamesdane.https..").should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.hc..", "java.net.http..")).check(CLASSES);
        // Names of strangers: only our own DNS looks them up, and only here is connected to what it found.
        noClasses().that().resideInAPackage("org.jamesdane.https..").should()
            .dependOnClassesThat(resideInAnyPackage("org.jamesdane.smtp..", "org.jamesdane.delivery..", "java.net.http.."))
            .orShould().callMethod(java.net.InetAddress.class, "getByName", String.class)
            .orShould().callMethod(java.net.InetAddress.class, "getAllByName", String.class)
            .orShould().callConstructor(java.net.InetSocketAddress.class, String.class, int.class)
            .orShould().callConstructor(java.net.Socket.class).check(CLASSES);
    }

    @Test
    void shouldKeepJamesAndMailAtTheSurface() {
        noClasses().that().resideOutsideOfPackages("org.jamesdane.james..", "org.jamesdane.webadmin..").should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.james..", "org.apache.mailet..", "javax.mail..", "com.google.inject..",
                "javax.inject..", "spark..")).check(CLASSES);
    }

    @Test
    void shouldKeepTheCommandFreeOfEverythingButItsParser() {
        noClasses().that().resideInAPackage("org.jamesdane.cli..").should().dependOnClassesThat(
            resideInAnyPackage("org.apache..", "javax.mail..", "javax.inject..", "com.google..", "com.fasterxml..", "org.slf4j..",
                "spark..", "reactor..", "org.postgresql..", "org.jamesdane.james..", "org.jamesdane.webadmin..", "org.jamesdane.store.."))
            .check(CLASSES);
        noClasses().that().resideOutsideOfPackage("org.jamesdane.cli..").should()
            .dependOnClassesThat(resideInAnyPackage("picocli..", "org.jamesdane.cli..")).check(CLASSES);
    }

    @Test
    void shouldUseOnlyHttpServerCallsThatAllLinesOfJamesHave() {
        noClasses().should().callMethodWhere(DescribedPredicate.describe("ask for the raw request or response",
            call -> call.getTargetOwner().getName().startsWith("spark.") && call.getName().equals("raw"))).check(CLASSES);
        noClasses().that().doNotHaveFullyQualifiedName("org.jamesdane.webadmin.DaneRoutes")
            .and().doNotHaveFullyQualifiedName("org.jamesdane.webadmin.Call")
            .and().doNotHaveFullyQualifiedName("org.jamesdane.webadmin.JsonFields").should()
            .dependOnClassesThat(resideInAnyPackage("spark..")).check(CLASSES);
    }

    @Test
    void shouldLetOnlyTheValidatorProveAnything() {
        noClasses().that().resideOutsideOfPackages("org.jamesdane.dns.validating..", "org.jamesdane.dns").should()
            .callConstructorWhere(constructs(Proof.Secure.class).or(constructs(Proof.Insecure.class)).or(constructs(Proof.Link.class)))
            .check(CLASSES);
    }

    @Test
    void shouldLetOnlyTheCheckOfAChannelIssuePermits() {
        noClasses().that().areNotAssignableTo(ChannelCheck.class).should().callConstructorWhere(constructs(Permit.class)).check(CLASSES);
        noClasses().that().doNotHaveFullyQualifiedName(TlsaUsability.class.getName()).should()
            .callConstructorWhere(constructs(UsableTlsaSet.class)).check(CLASSES);
    }

    @Test
    void shouldLetOnlyWiringReadTheClock() {
        noClasses().that(resideInAPackage("org.jamesdane..").and(DescribedPredicate.not(
            resideInAnyPackage("org.jamesdane.james..", "org.jamesdane.webadmin..", "org.jamesdane.cli.."))))
            .should().accessTargetWhere(AMBIENT_TIME).check(CLASSES);
    }

    @Test
    void shouldNeverInterruptWhoMayBeInsideAQueueOrStore() {
        noClasses().that().resideInAnyPackage("org.jamesdane.delivery..", "org.jamesdane.james..", "org.jamesdane.store..",
                "org.jamesdane.webadmin..").should()
            .callMethodWhere(DescribedPredicate.describe("interrupt another thread", call -> switch (call.getName()) {
                case "shutdownNow" -> true;
                case "dispose", "disposeGracefully" -> call.getTargetOwner().getName().startsWith("reactor.core.scheduler.");
                default -> false;
            })).check(CLASSES);
    }

    /** Values that belong together are a record of their own. */
    @Test
    void shouldTakeAtMostSevenParameters() {
        List<String> tooMany = CLASSES.stream().flatMap(type -> type.getCodeUnits().stream())
            .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC) && parameters(unit) > MOST_PARAMETERS)
            .map(JavaCodeUnit::getFullName).sorted().toList();

        assertThat(tooMany).isEmpty();
    }

    /** The compiler gives constructors parameters of its own: of enums, of inner classes, and of classes within a method. */
    private static int parameters(JavaCodeUnit unit) {
        JavaClass owner = unit.getOwner();
        int written = unit.getRawParameterTypes().size();
        if (!(unit instanceof JavaConstructor)) {
            return written;
        }
        boolean hidden = owner.isAnonymousClass() || owner.isLocalClass();
        return hidden ? 0 : written - (owner.isEnum() ? 2 : owner.isInnerClass() ? 1 : 0);
    }

    /** The compiler checks that the lock is held; this checks that it is named. */
    @Test
    void shouldNameTheLockOfWhatChangesUnderOne() {
        fields().that().areNotStatic().and().areNotFinal().and().doNotHaveModifier(JavaModifier.VOLATILE)
            .and().areDeclaredInClassesThat(DescribedPredicate.describe("lock", ModuleBoundariesTest::locks))
            .and(DescribedPredicate.describe("belong to no thread alone", field -> !OF_ONE_THREAD.contains(
                field.getFullName().replace("org.jamesdane.", ""))))
            .should().beAnnotatedWith(GuardedBy.class).check(CLASSES);
    }

    private static boolean locks(JavaClass type) {
        return type.getMethods().stream().anyMatch(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
            || type.getFields().stream().anyMatch(field -> field.isAnnotatedWith(GuardedBy.class));
    }

    @Test
    void shouldKeepEachFileWithinFourHundredLines() throws IOException {
        for (String directory : List.of("../dns-validator/src", "../mailet/src", "../integration-tests")) {
            try (Stream<Path> files = Files.walk(Path.of(directory))) {
                assertThat(files.filter(file -> file.toString().matches("(?!.*/target/).*\\.java"))).isNotEmpty().allSatisfy(file -> {
                    try (Stream<String> lines = Files.lines(file)) {
                        assertThat(lines.count()).as("lines of %s", file).isLessThanOrEqualTo(MOST_LINES);
                    }
                });
            }
        }
    }

    @Test
    void shouldKeepDeliveryInSmallPackages() throws IOException {
        Path delivery = Path.of("src/main/java/org/jamesdane/delivery");
        try (Stream<Path> files = Files.walk(delivery)) {
            Map<Path, Long> sizes = files.filter(Files::isRegularFile)
                .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
            assertThat(sizes).containsKey(delivery).allSatisfy((directory, size) ->
                assertThat(size).as("files in %s", directory).isLessThanOrEqualTo(MOST_FILES));
        }
    }

    private static DescribedPredicate<JavaConstructorCall> constructs(Class<?> type) {
        return DescribedPredicate.describe("makes a " + type.getSimpleName(), call -> call.getTargetOwner().isEquivalentTo(type));
    }
}
