/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jamesdane.dns.validating.AnchorJournal;
import org.jamesdane.dns.validating.AnchorSource;
import org.jamesdane.dns.validating.AnchorState;
import org.jamesdane.dns.validating.AnchorsStatus;
import org.jamesdane.dns.validating.FileAnchorJournal;
import org.jamesdane.dns.validating.TrustAnchor;
import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.text.PrintableText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dane-check anchors}: the trust anchors of a server, and what IANA's list says of them. */
@Command(name = "anchors", mixinStandardHelpOptions = true,
    footer = "%nExit status: 0 done, and all is as the list has it; 1 an anchor is not in the list, or the other way round; 3 wrong "
    + "usage, or a failure on this side.",
    description = "Prints the DNSSEC trust anchors that a server keeps in its directory, or the built-in ones, and compares them with "
    + "IANA's list. Works beside a running James, and changes nothing.")
final class AnchorsCommand implements Callable<Integer> {
    private final PrintStream out;
    private final Clock clock;

    @Option(names = "--root-anchors", paramLabel = "FILE", description = "IANA's root-anchors.xml (RFC 9718), fetched by you from "
        + "https://data.iana.org/root-anchors/. Its SHA-256 is printed, to be compared with what you have from elsewhere; its signature is "
        + "not checked.")
    private Optional<Path> list = Optional.empty();

    @Parameters(paramLabel = "DIR", arity = "0..1", description = "The directory that store.directory names. Default: none, and the "
        + "built-in anchors are meant.")
    private Optional<Path> directory = Optional.empty();

    AnchorsCommand(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        AnchorsStatus status = directory.isPresent() ? kept(directory.get())
            : AnchorsStatus.unmanaged(TrustAnchors.builtIn().all(), AnchorSource.BUILT_IN);
        status.anchors().forEach(this::print);
        return list.isEmpty() ? DaneCheck.AUTHENTICATED : compare(status, list.get());
    }

    private AnchorsStatus kept(Path path) {
        if (!Files.isDirectory(path)) {
            throw new LocalFailure("There is no directory " + PrintableText.of(path.toString()) + ".");
        }
        AnchorJournal.Contents contents = new FileAnchorJournal(path).read();
        contents.finding().ifPresent(finding -> out.println("; " + PrintableText.of(finding)));
        return contents.points().map(points -> AnchorsStatus.of(points, path.toString())).orElseThrow(() -> new LocalFailure(
            contents.finding().map(finding -> "There is no journal that can be used.")
            .orElse("There is no " + FileAnchorJournal.FILE + " in " + PrintableText.of(path.toString())
                + ": the server has not begun to keep its anchors there.")));
    }

    private void print(AnchorsStatus.Anchor anchor) {
        StringBuilder line = new StringBuilder(anchor.anchor().toString()).append(" ; ").append(anchor.state().word()).append(", ")
            .append(anchor.source().word());
        anchor.seen().ifPresentOrElse(
            seen -> line.append(", first seen ").append(seen.first()).append(", last seen ").append(seen.last()),
            () -> line.append(directory.isPresent() ? ", not seen yet" : ""));
        anchor.holdDownEnd().ifPresent(end -> line.append(", trusted from ").append(end).append(" at the earliest"));
        out.println(line);
    }

    private int compare(AnchorsStatus status, Path file) throws IOException {
        RootAnchorsFile listed = RootAnchorsFile.read(file);
        out.println("; SHA-256 of " + PrintableText.of(file.toString()) + ": " + listed.sha256());
        Instant now = clock.instant();
        List<TrustAnchor> current = listed.current(now);
        int differences = 0;
        for (TrustAnchor trusted : status.inForce()) {
            if (trusted.zone().isRoot() && !current.contains(trusted)) {
                differences++;
                out.println("; " + trusted.keyTag() + " is trusted here and not in the list today");
            }
        }
        for (TrustAnchor wanted : current) {
            if (!status.inForce().contains(wanted)) {
                differences++;
                Optional<AnchorState> state = status.anchors().stream().filter(each -> each.anchor().equals(wanted))
                    .map(AnchorsStatus.Anchor::state).findFirst();
                out.println("; " + wanted.keyTag() + " is in the list today and not trusted here"
                    + state.map(word -> ": it is " + word.word()).orElse(""));
            }
        }
        if (differences == 0) {
            out.println("; the trust anchors of the root are those of the list");
        }
        return differences == 0 ? DaneCheck.AUTHENTICATED : DaneCheck.NOT_PROTECTED;
    }
}
