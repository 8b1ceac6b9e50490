/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.text.PrintableText;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.Disk;
import org.jamesdane.waiting.MailFile;
import org.jamesdane.waiting.Quarantine;
import org.jamesdane.waiting.RealDisk;
import org.jamesdane.waiting.StoredHeader;
import org.jamesdane.waiting.WaitingFiles;
import org.jamesdane.waiting.WaitingFiles.Waiting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dane-check deferred}: lists, shows, makes due and moves deferred mail in files while James is stopped. */
@Command(name = "deferred", mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Looks after deferred mail in files (deferral.store=files) of a James that is stopped.",
    footer = "%nExit status: 0 done; 3 wrong usage, or a failure. DIR is the directory of one queue: <store.directory>/waiting/<queue>.")
final class DeferredCommand {
    private static final String DIRECTORY = "The directory of one queue.";
    private static final String STATUS = "%nExit status: 0 done; 3 wrong usage, or a failure, such as a damaged mail.";
    private static final int SHOWN = 1000;

    private final PrintStream out;
    private final SecureRandom random = new SecureRandom();

    DeferredCommand(PrintStream out) {
        this.out = out;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, versionProvider = Version.class, footer = STATUS,
        description = "Lists what waits, in the order in which it is due.")
    int list(@Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory) throws IOException {
        try (WaitingFiles files = open(directory)) {
            int[] unreadable = new int[1];
            files.<IOException>visit(waiting -> {
                unreadable[0] += print(files, waiting) ? 0 : 1;
                return true;
            });
            for (Quarantine.Kept kept : files.quarantine().list(SHOWN)) {
                out.println(kept.id() + " damaged (" + PrintableText.of(kept.why()) + ")"
                    + kept.header().map(header -> " to " + recipients(header)).orElse(""));
            }
            out.println(files.size() + " wait, " + files.quarantine().size() + " are damaged and put aside");
            return unreadable[0] > 0 || files.unreadable() > 0 ? DaneCheck.FAILED : 0;
        }
    }

    private boolean print(WaitingFiles files, Waiting waiting) throws IOException {
        try {
            Optional<MailFile> file = files.read(waiting);
            if (file.isPresent()) {
                out.println(waiting.id() + " " + waiting.due() + (waiting.wasOut() ? " on its way" : "") + " "
                    + file.get().octets().octets() + " octets from " + sender(file.get().header()) + " to "
                    + recipients(file.get().header()));
            }
            return true;
        } catch (DamagedMailException e) {
            out.println(waiting.id() + " " + waiting.due() + " damaged (" + e.getMessage() + ")");
            return false;
        }
    }

    private static String sender(StoredHeader header) {
        return PrintableText.of(header.sender().orElse("<>"));
    }

    private static String recipients(StoredHeader header) {
        return PrintableText.of(String.join(", ", header.recipients()));
    }

    @Command(name = "show", mixinStandardHelpOptions = true, versionProvider = Version.class, footer = STATUS,
        description = "Shows one mail: everything but the message, or the message.")
    int show(@Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Parameters(paramLabel = "ID", description = "The id that list shows.") String id,
            @Option(names = "--message", description = "Print the octets of the message instead.") boolean message) throws IOException {
        try (WaitingFiles files = open(directory)) {
            MailFile file = files.read(wanted(files, id)).orElseThrow(() -> new LocalFailure("The mail " + id + " is gone."));
            if (message) {
                file.verify();
                try (InputStream in = file.open()) {
                    in.transferTo(out);
                }
            } else {
                out.write(file.header().encode());
            }
            return 0;
        } catch (DamagedMailException e) {
            throw new LocalFailure("The mail " + PrintableText.of(id) + " is damaged: " + e.getMessage() + ".");
        }
    }

    private static Waiting wanted(WaitingFiles files, String id) {
        return files.get(id).orElseThrow(() -> new LocalFailure("There is no mail " + PrintableText.of(id) + "; list shows the ids."));
    }

    @Command(name = "due", mixinStandardHelpOptions = true, versionProvider = Version.class, footer = STATUS,
        description = "Makes mail due at once: it leaves when James is started.")
    int due(@Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Parameters(paramLabel = "ID", arity = "0..*", description = "The ids that list shows; without any, all.") List<String> ids)
            throws IOException {
        try (WaitingFiles files = open(directory)) {
            List<Waiting> meant = ids == null || ids.isEmpty() ? all(files) : ids.stream().map(id -> wanted(files, id)).toList();
            for (Waiting each : meant) {
                Optional<Waiting> taken = files.take(each);
                if (taken.isPresent()) {
                    files.waitUntil(taken.get(), Instant.EPOCH);
                }
            }
            out.println(meant.size() + " are due");
            return 0;
        }
    }

    private static List<Waiting> all(WaitingFiles files) {
        List<Waiting> all = new ArrayList<>();
        files.<RuntimeException>visit(all::add);
        return all;
    }

    @Command(name = "move", mixinStandardHelpOptions = true, versionProvider = Version.class, footer = STATUS,
        description = "Moves all mail that waits to another directory, such as that of another server. "
        + "It can be stopped at any time, and called again.")
    int move(@Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
            @Parameters(paramLabel = "TO", description = "The directory that gets the mail; made if it is not there.") Path to)
            throws IOException {
        int moved = 0;
        int damaged = 0;
        try (WaitingFiles from = open(directory); WaitingFiles target = take(to)) {
            for (Waiting each : all(from)) {
                try {
                    Optional<MailFile> file = from.read(each);
                    if (file.isPresent()) {
                        file.get().verify();
                        try (InputStream in = file.get().open()) {
                            target.putOnce("moved from " + each.id(), file.get().header(), in, each.due());
                        }
                        from.take(each);
                        from.remove(each);
                        moved++;
                    }
                } catch (DamagedMailException e) {
                    out.println(each.id() + " is damaged and stays: " + e.getMessage());
                    damaged++;
                }
            }
            from.sync();
        }
        out.println(moved + " were moved");
        return damaged > 0 ? DaneCheck.FAILED : 0;
    }

    private WaitingFiles open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new LocalFailure("There is no directory " + directory + ".");
        }
        WaitingFiles files = take(directory);
        files.readRest();
        return files;
    }

    private WaitingFiles take(Path directory) throws IOException {
        try {
            return WaitingFiles.open(directory, new RealDisk(), random::nextLong);
        } catch (Disk.TakenException e) {
            throw new LocalFailure("James uses " + directory + ": stop it, or ask it for /dane/deferred.");
        }
    }
}
