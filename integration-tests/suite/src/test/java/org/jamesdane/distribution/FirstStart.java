/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.james.JamesConfiguration;

/** A James that is installed by the steps of docs/install.md, word for word, on a configuration like those that James comes with. */
final class FirstStart {
    /** Page with the steps. */
    static final String PAGE = "docs/install.md";

    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```sh\n(.*?)^ *```$");
    private static final int STEPS = 6;

    private final Archive archive = new Archive();
    private final Path unpacked;
    private final Path james;

    FirstStart(Path directory) throws IOException {
        unpacked = Files.createDirectory(directory.resolve("unpacked"));
        james = Files.createDirectory(directory.resolve("james"));
        archive.unpack(unpacked);
    }

    /** Directory in which the archive is unpacked, the steps are typed, and tokens are made. */
    Path unpacked() {
        return unpacked;
    }

    /** James's directory. */
    Path james() {
        return james;
    }

    /** The blocks of the section on installing. */
    static List<String> steps() throws IOException {
        String page = Files.readString(DocCommand.project().resolve(PAGE));
        int begin = page.indexOf("\n## Install it in a James");
        List<String> steps = blocks(page.substring(begin, page.indexOf("\n## ", begin + 1)));
        assertThat(steps).hasSize(STEPS);
        return steps;
    }

    /** The blocks of commands of a page. */
    static List<String> blocks(String page) {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(page);
        while (block.find()) {
            blocks.add(block.group(2).replaceAll("(?m)^" + block.group(1), ""));
        }
        return blocks;
    }

    void install(String flavour, List<String> steps) throws IOException, InterruptedException {
        StockConfiguration.of(flavour).writeTo(james.resolve("conf"));
        for (String step : steps) {
            run(step.replace("<version>", archive.version()).replace("<flavour>", flavour));
        }
    }

    /** The files as installed, in a world on loopback addresses. The database of the flavour postgres is not there: mail would wait. */
    JamesConfiguration installed(DemoWorld world, String flavour) {
        JamesConfiguration files = JamesConfiguration.copyOf(james.resolve("conf"));
        return (flavour.equals("postgres")
            ? files.edited("dane.properties", text -> text.replaceAll("(?m)^store\\.(url|user|password)", "#$0"))
            : files.edited("dane.properties", text -> text.replace("${env:JAMES_NODE}", "node1")))
            .with("dane-trust-anchors", world.dns().trustAnchor() + "\n")
            .appending("dane.properties", String.join("\n",
                "dns.servers=" + world.dns().address().getAddress().getHostAddress() + ":" + world.dns().port(),
                "dns.trust-anchors=file://conf/dane-trust-anchors", "smtp.port=" + world.port(),
                "smtp.allowed-special-targets=127.0.0.0/8"));
    }

    /** Runs commands in the directory of the archive; they have to succeed. */
    String run(String step) throws IOException, InterruptedException {
        Path output = Files.createTempFile(unpacked, "step", ".out");
        ProcessBuilder shell = new ProcessBuilder("bash", "-e", "-c", step).directory(unpacked.toFile()).redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectOutput(output.toFile());
        shell.environment().put("JAMES", james.toString());
        int code = shell.start().waitFor();
        String said = Files.readString(output);
        assertThat(code).as(step + said).isZero();
        return said;
    }
}
