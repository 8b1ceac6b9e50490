/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;

import org.jamesdane.testing.postgres.TestPostgres;
import org.jspecify.annotations.Nullable;

/** Connections to a test's PostgreSQL that tell of each statement and commit, before and after it. */
public final class BreakingPostgres extends PostgresSource {
    private final Consumer<String> points;

    private BreakingPostgres(String url, Consumer<String> points) {
        super(url, Optional.of(TestPostgres.USER), Optional.of(TestPostgres.PASSWORD), ANSWER_SECONDS);
        this.points = points;
    }

    /**
     * A node's connections.
     *
     * @param points told of each step; what it throws ends the step
     */
    public static PostgresConnections connections(String url, int most, Consumer<String> points) {
        return new PostgresConnections(new BreakingPostgres(url, points), most);
    }

    /** Makes a step fail as if the driver had failed in it. */
    public static void fail(SQLException failure) {
        throw new Failure(failure);
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failure(SQLException cause) {
            super(cause);
        }
    }

    private void tell(String step) throws SQLException {
        try {
            points.accept(step);
        } catch (Failure e) {
            throw (SQLException) e.getCause();
        }
    }

    @Override
    Connection open() throws SQLException, StoreException {
        return proxy(Connection.class, super.open());
    }

    private <T> T proxy(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> call(real, method, arguments)));
    }

    private @Nullable Object call(Object real, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        boolean step = name.startsWith("execute") || name.equals("commit");
        if (step) {
            tell("before " + name);
        }
        Object result;
        try {
            result = method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (step) {
            tell("after " + name);
        }
        return result instanceof PreparedStatement statement ? proxy(PreparedStatement.class, statement) : result;
    }
}
