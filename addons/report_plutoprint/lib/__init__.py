from . import engine, qr
