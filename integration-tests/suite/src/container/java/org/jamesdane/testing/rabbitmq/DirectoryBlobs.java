/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.rabbitmq;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.Collection;
import java.util.UUID;

import com.google.common.io.ByteSource;
import org.apache.james.blob.api.BlobId;
import org.apache.james.blob.api.BlobStoreDAO;
import org.apache.james.blob.api.BucketName;
import org.apache.james.blob.api.ObjectNotFoundException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Blobs as files of a directory that several processes share. None is ever deleted: the messages of a test are few and small. */
final class DirectoryBlobs implements BlobStoreDAO {
    private final Path directory;

    DirectoryBlobs(Path directory) {
        this.directory = directory;
    }

    private Path file(BucketName bucket, BlobId id) {
        // An id may have octets that no file's name can have.
        String name = Base64.getUrlEncoder().encodeToString(id.asString().getBytes(StandardCharsets.UTF_8));
        return directory.resolve(bucket.asString()).resolve(name);
    }

    @Override
    public InputStream read(BucketName bucket, BlobId id) {
        try {
            return new ByteArrayInputStream(Files.readAllBytes(file(bucket, id)));
        } catch (NoSuchFileException e) {
            throw new ObjectNotFoundException("There is no blob " + id.asString(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Mono<InputStream> readReactive(BucketName bucket, BlobId id) {
        return Mono.fromCallable(() -> read(bucket, id)).subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<byte[]> readBytes(BucketName bucket, BlobId id) {
        return Mono.fromCallable(() -> read(bucket, id).readAllBytes()).subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<Void> save(BucketName bucket, BlobId id, byte[] data) {
        return Mono.<Void>fromCallable(() -> {
            Path target = file(bucket, id);
            Files.createDirectories(target.getParent());
            Path part = Files.write(directory.resolve("part-" + UUID.randomUUID()), data);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return null;
        }).subscribeOn(Schedulers.boundedElastic());
    }

    @Override
    public Mono<Void> save(BucketName bucket, BlobId id, InputStream data) {
        return Mono.fromCallable(data::readAllBytes).flatMap(octets -> save(bucket, id, octets));
    }

    @Override
    public Mono<Void> save(BucketName bucket, BlobId id, ByteSource data) {
        return Mono.fromCallable(data::read).flatMap(octets -> save(bucket, id, octets));
    }

    @Override
    public Mono<Void> delete(BucketName bucket, BlobId id) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> delete(BucketName bucket, Collection<BlobId> ids) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> deleteBucket(BucketName bucket) {
        return Mono.empty();
    }

    @Override
    public Flux<BucketName> listBuckets() {
        return Flux.empty();
    }

    @Override
    public Flux<BlobId> listBlobs(BucketName bucket) {
        return Flux.empty();
    }
}
