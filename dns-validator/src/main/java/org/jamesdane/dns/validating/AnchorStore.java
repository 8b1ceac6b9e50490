/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trust anchors in force. With a file, the trust anchors are read again when the file changes. A new set comes into force only when it
 * was read twice alike, is complete, and proves the keys of the root. Otherwise the last good set stays.
 */
final class AnchorStore {
    /** A file of this size is none of trust anchors. */
    private static final int MAX_OCTETS = 64 * 1024;

    private static final Logger LOGGER = LoggerFactory.getLogger(AnchorStore.class);

    private final Optional<Path> file;
    private volatile TrustAnchors current;
    private volatile Optional<String> problem = Optional.empty();
    @GuardedBy("this")
    private String lastSeen;
    @GuardedBy("this")
    private String inForce;
    @GuardedBy("this")
    private boolean checking;

    /**
     * Reads the file, if there is one.
     *
     * @throws IllegalArgumentException with a sentence that names the file and what is wrong with it
     */
    AnchorStore(Optional<Path> file, TrustAnchors withoutFile) {
        this.file = file;
        this.lastSeen = file.map(AnchorStore::read).orElse("");
        this.inForce = lastSeen;
        this.current = file.isPresent() ? parse(file.get(), lastSeen) : withoutFile;
    }

    /** The set in force. */
    TrustAnchors current() {
        return current;
    }

    /** Reason for which the file's content is not in force; empty if it is, or there is no file. */
    Optional<String> problem() {
        return problem;
    }

    /**
     * Looks at the file again. Does nothing while an earlier look still tries the root: what comes later would not be newer.
     *
     * @param rootCheck proves the keys of the root by a set; fails with a {@link LookupFailure}
     * @return whether another set came into force
     */
    synchronized CompletableFuture<Boolean> refresh(Function<TrustAnchors, CompletableFuture<?>> rootCheck) {
        if (file.isEmpty() || checking) {
            return CompletableFuture.completedFuture(false);
        }
        TrustAnchors candidate;
        String content;
        try {
            content = read(file.get());
            boolean settled = content.equals(lastSeen);
            lastSeen = content;
            if (!settled) {
                // Someone may be writing it at this moment; what is half there may look whole.
                return CompletableFuture.completedFuture(false);
            }
            if (content.equals(inForce)) {
                report(Optional.empty());
                return CompletableFuture.completedFuture(false);
            }
            candidate = parse(file.get(), content);
        } catch (IllegalArgumentException e) {
            report(Optional.of(String.valueOf(e.getMessage())));
            return CompletableFuture.completedFuture(false);
        }
        checking = true;
        return CompletableFuture.completedFuture(candidate)
            .thenCompose(anchors -> rootCheck.apply(anchors).thenApply(proved -> adopt(candidate, content)))
            .exceptionally(failure -> reject(LookupFailure.unwrap(failure)))
            .whenComplete((changed, failure) -> checked());
    }

    private synchronized void checked() {
        checking = false;
    }

    private synchronized boolean adopt(TrustAnchors candidate, String content) {
        boolean changed = !candidate.equals(current);
        current = candidate;
        inForce = content;
        report(Optional.empty());
        if (changed) {
            LOGGER.info("The trust anchors were replaced from {}: {}", file.map(Path::toString).orElse(""), candidate.all());
        }
        return changed;
    }

    private synchronized boolean reject(LookupFailure failure) {
        String path = file.map(Path::toString).orElse("");
        report(Optional.of(failure.reason() == Lookup.Reason.BOGUS
            ? "The root's keys are not proved by the trust anchors in " + path + ": " + failure.text()
            : "The trust anchors in " + path + " could not be tried yet: " + failure.text()));
        return false;
    }

    private void report(Optional<String> now) {
        if (now.isPresent() && !now.equals(problem)) {
            LOGGER.error("{}. The last good trust anchors stay in force", now.get());
        }
        problem = now;
    }

    private static TrustAnchors parse(Path path, String content) {
        try {
            return TrustAnchors.parse(content.lines().toList());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The trust anchor file " + path + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static String read(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] octets = in.readNBytes(MAX_OCTETS + 1);
            if (octets.length > MAX_OCTETS) {
                throw new IllegalArgumentException("The trust anchor file " + path + " has more than " + MAX_OCTETS + " octets");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("The trust anchor file " + path + " is no text", e);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("The trust anchor file " + path + " does not exist", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("The trust anchor file " + path + " cannot be read: " + e.getMessage(), e);
        }
    }
}
