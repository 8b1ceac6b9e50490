/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.rabbitmq;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.Set;

import javax.inject.Provider;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.backends.rabbitmq.RabbitMQConfiguration;
import org.apache.james.backends.rabbitmq.RabbitMQConnectionFactory;
import org.apache.james.backends.rabbitmq.ReactorRabbitMQChannelPool;
import org.apache.james.backends.rabbitmq.ReceiverProvider;
import org.apache.james.backends.rabbitmq.SimpleConnectionPool;
import org.apache.james.blob.api.BlobStoreDAO;
import org.apache.james.mailetcontainer.impl.JamesMailSpooler;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.ManageableMailQueue;
import org.apache.james.queue.rabbitmq.RabbitMQMailQueueFactory;
import org.apache.james.queue.rabbitmq.view.RabbitMQMailQueueConfiguration;
import org.apache.james.queue.rabbitmq.view.api.FakeMailQueueView;
import org.apache.james.queue.rabbitmq.view.api.MailQueueView;
import org.apache.james.utils.PropertiesProvider;
import reactor.core.publisher.Mono;
import reactor.rabbitmq.RabbitFlux;
import reactor.rabbitmq.ReceiverOptions;
import reactor.rabbitmq.Sender;

/** Bindings of James's own module for RabbitMQ, which is in no registry. Settings come from {@code rabbitmq.properties}, as there. */
final class RabbitMqModule extends AbstractModule {
    private final Path blobs;

    RabbitMqModule(Path blobs) {
        this.blobs = blobs;
    }

    @Override
    protected void configure() {
        bind(BlobStoreDAO.class).toInstance(new DirectoryBlobs(blobs));
        bind(MailQueueView.Factory.class).to(FakeMailQueueView.Factory.class);
        bind(RabbitMQMailQueueFactory.class).in(Scopes.SINGLETON);
    }

    /** Without attempts to connect that hold a thread; the pool of connections tries again by itself. */
    @Provides
    @Singleton
    RabbitMQConfiguration configuration(PropertiesProvider properties) throws ConfigurationException, FileNotFoundException {
        RabbitMQConfiguration read = RabbitMQConfiguration.from(file(properties));
        return RabbitMQConfiguration.builder().amqpUri(read.getUri()).managementUri(read.getManagementUri())
            .managementCredentials(read.getManagementCredentials()).maxRetries(0).build();
    }

    @Provides
    @Singleton
    RabbitMQMailQueueConfiguration queueConfiguration(PropertiesProvider properties) throws ConfigurationException, FileNotFoundException {
        return RabbitMQMailQueueConfiguration.from(file(properties));
    }

    /** A connection that replaces a lost one has the spool consumed anew. */
    @Provides
    @Singleton
    SimpleConnectionPool connections(RabbitMQConnectionFactory factory, PropertiesProvider properties, Provider<JamesMailSpooler> spooler)
            throws ConfigurationException, FileNotFoundException {
        SimpleConnectionPool pool = new SimpleConnectionPool(factory, SimpleConnectionPool.Configuration.from(file(properties)));
        pool.init(Set.of(connection -> Mono.fromRunnable(() -> spooler.get().restart())));
        return pool;
    }

    @Provides
    @Singleton
    ReactorRabbitMQChannelPool channels(SimpleConnectionPool connections, PropertiesProvider properties, MetricFactory metrics)
            throws ConfigurationException, FileNotFoundException {
        ReactorRabbitMQChannelPool pool = new ReactorRabbitMQChannelPool(connections.getResilientConnection(),
            ReactorRabbitMQChannelPool.Configuration.from(file(properties)), metrics);
        pool.start();
        return pool;
    }

    private static Configuration file(PropertiesProvider properties) throws ConfigurationException, FileNotFoundException {
        return properties.getConfiguration("rabbitmq");
    }

    @Provides
    @Singleton
    Sender sender(ReactorRabbitMQChannelPool channels) {
        return channels.getSender();
    }

    @Provides
    @Singleton
    ReceiverProvider receivers(SimpleConnectionPool connections) {
        return () -> RabbitFlux.createReceiver(new ReceiverOptions().connectionMono(connections.getResilientConnection()));
    }

    @Provides
    @Singleton
    MailQueueFactory<? extends ManageableMailQueue> manageableQueues(RabbitMQMailQueueFactory factory) {
        return factory;
    }

    @Provides
    @Singleton
    MailQueueFactory<?> queues(RabbitMQMailQueueFactory factory) {
        return factory;
    }

    @Provides
    @Singleton
    MailQueueFactory<? extends MailQueue> someQueues(RabbitMQMailQueueFactory factory) {
        return factory;
    }
}
