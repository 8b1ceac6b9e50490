/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A store that can be told to fail, or to say nothing until it is let go. */
final class FailingStore implements SettingStore {
    private final SettingStore store;
    private volatile Optional<String> failure = Optional.empty();
    private volatile Runnable afterChange = () -> { };
    private volatile CountDownLatch gate = new CountDownLatch(0);

    FailingStore(SettingStore store) {
        this.store = store;
    }

    /** Has something happen as soon as the next changes are stored. */
    void afterChange(Runnable event) {
        afterChange = event;
    }

    void fail(String sentence) {
        failure = Optional.of(sentence);
    }

    void repair() {
        failure = Optional.empty();
        gate.countDown();
    }

    void hang() {
        gate = new CountDownLatch(1);
    }

    private SettingStore answering() throws StoreException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted", e);
        }
        if (failure.isPresent()) {
            throw new StoreException(failure.get());
        }
        return store;
    }

    @Override
    public String revision(SettingKind kind) throws StoreException {
        return answering().revision(kind);
    }

    @Override
    public boolean holds(SettingKind kind) throws StoreException {
        return answering().holds(kind);
    }

    @Override
    public void begin(SettingKind kind) throws StoreException {
        answering().begin(kind);
    }

    @Override
    public List<Setting> load(SettingKind kind) throws StoreException {
        return answering().load(kind);
    }

    @Override
    public void put(SettingChange change, Expectation expected) throws StoreException {
        answering().put(change, expected);
        afterChange.run();
    }

    @Override
    public boolean remove(SettingChange change) throws StoreException {
        boolean removed = answering().remove(change);
        afterChange.run();
        return removed;
    }

    @Override
    public List<SettingChange> history(SettingKind kind, Optional<String> key) throws StoreException {
        return answering().history(kind, key);
    }
}
