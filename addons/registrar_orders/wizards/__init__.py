from . import registrar_order_add
