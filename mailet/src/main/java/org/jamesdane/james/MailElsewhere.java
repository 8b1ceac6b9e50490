/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import javax.mail.MessagingException;

import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.jamesdane.waiting.RealDisk;
import org.jamesdane.waiting.WaitingFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds deferred mail in forms and for queues that nobody reads here: after a change of deferral.store and back, under another name of
 * this server, or for a queue that no mailet delivers from any more.
 */
final class MailElsewhere {
    private static final Logger LOGGER = LoggerFactory.getLogger(MailElsewhere.class);
    private static final String FOLDER = "dane/deferred/";

    private final Path waiting;
    private final MailRepositoryStore repositories;
    private final FileSystem files;
    private final Set<String> read;
    private final InstantSource clock;
    private volatile List<String> found = List.of();

    /**
     * Looks below one directory and among James's repositories.
     *
     * @param waiting the directory with the files of all queues
     * @param read what is read: directories below {@code waiting} by their names, and URLs of repositories; it may grow
     */
    MailElsewhere(Path waiting, MailRepositoryStore repositories, FileSystem files, Set<String> read, InstantSource clock) {
        this.waiting = waiting;
        this.repositories = repositories;
        this.files = files;
        this.read = read;
        this.clock = clock;
    }

    /** What was found last, one sentence each. */
    List<String> problems() {
        return found;
    }

    /** Looks once more; what is new is logged. */
    synchronized void look() {
        Map<String, Long> places = new HashMap<>();
        try {
            RealDisk disk = new RealDisk();
            for (String queue : disk.list(waiting)) {
                if (!read.contains(queue)) {
                    places.put("the files below " + waiting.resolve(queue), WaitingFiles.count(disk, waiting.resolve(queue)));
                }
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.warn("It could not be seen if deferred mail lies below {}", waiting, e);
        }
        try (Stream<MailRepositoryUrl> urls = repositories.getUrls()) {
            urls.filter(url -> url.asString().contains(FOLDER)).map(MailRepositoryUrl::asString)
                .filter(url -> read.stream().noneMatch(own -> DailyRepository.isRead(url, own, clock.instant())))
                .forEach(url -> places.put("the repository " + url, size(url)));
        } catch (RuntimeException e) {
            LOGGER.warn("It could not be seen if deferred mail lies in James's repositories", e);
        }
        List<String> sentences = new ArrayList<>();
        places.forEach((place, number) -> {
            if (number != 0) {
                sentences.add((number < 0 ? "Deferred mail" : number + " deferred mails") + " of this extension may lie in " + place
                    + ", which nobody reads: POST /dane/deferred?action=import&from=URL takes a repository over, dane-check deferred move "
                    + "moves files.");
            }
        });
        sentences.stream().filter(sentence -> !found.contains(sentence)).forEach(LOGGER::warn);
        found = List.copyOf(sentences);
    }

    /** A negative number if it can't be told. A repository in files is not opened for that, its files are counted. */
    private long size(String url) {
        try {
            if (url.startsWith(FileSystem.FILE_PROTOCOL)) {
                return new RealDisk().list(files.getFile(url).toPath()).stream().filter(name -> name.endsWith("FileStreamStore")).count();
            }
            return repositories.select(MailRepositoryUrl.from(url)).size();
        } catch (FileNotFoundException e) {
            return 0;
        } catch (IOException | MailRepositoryStore.MailRepositoryStoreException | MessagingException | RuntimeException e) {
            LOGGER.debug("The repository {} can't be counted", url, e);
            return -1;
        }
    }
}
